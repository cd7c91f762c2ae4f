import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';

const LOGIN = { username: 'ci', password: 'pr1vate-t0ken' };

interface Shown {
  readonly repo: string;
  readonly inheritedCreds?: boolean;
  readonly connectionState: { readonly status: string; readonly message: string };
}

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let charts: HelmRepo;

beforeAll(async () => {
  [tiphys, charts] = await Promise.all([givenTiphys({ git: { auth: LOGIN } }), startHelmRepo()]);
});

afterAll(async () => {
  await tiphys?.close();
  await charts?.close();
});

const api = '/api/v1/repositories';
const pathOf = (url: string, rest = ''): string => `${api}/${encodeURIComponent(url)}${rest}`;

describe('a private repository', () => {
  it('Given a wrong login, When it is added, Then it is refused with the reason and nothing is kept', async () => {
    const repo = await tiphys.repository('refused', { 'all.yaml': configMap('refused', '1') });
    const bad = { repo, type: 'git', username: 'ci', password: 'wr0ng-passw0rd' };
    const { status, body } = await tiphys.rest.send<{ message: string }>('POST', api, bad);
    expect(status).toBe(500);
    expect(body.message).toMatch(/^error testing repository connectivity: .*authentication required: /);
    expect(body.message).not.toContain('wr0ng-passw0rd');
    expect((await tiphys.rest.send('GET', pathOf(repo))).status).toBe(403);
  });

  it('Given its login, When it is added, Then an Application is deployed from it and its contents are told', async () => {
    const repo = await tiphys.repository('shop', {
      'deploy/all.yaml': configMap('shop', '1'),
      'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
      'chart/values.yaml': 'replicas: 2\nimage: { tag: v1 }\n',
    });
    await tiphys.rest.call('POST', `${api}?upsert=true`, { repo, type: 'git', name: 'shop', ...LOGIN });
    const shown = await tiphys.rest.call<Shown>('GET', `${pathOf(repo)}?forceRefresh=true`);
    expect(shown.connectionState).toMatchObject({ status: 'Successful', message: '' });
    expect(JSON.stringify(shown)).not.toContain(LOGIN.password);

    expect(await tiphys.rest.call('GET', pathOf(repo, '/refs'))).toEqual({ branches: ['main'] });
    expect(
      await tiphys.rest.call('GET', `${pathOf(repo, '/apps')}?revision=main&appProject=default`),
    ).toEqual({
      items: [{ type: 'Helm', path: 'chart' }],
    });
    const source = { repoURL: repo, path: 'chart', targetRevision: 'main' };
    const details = { source, appName: '', appProject: 'default' };
    expect(await tiphys.rest.call('POST', pathOf(repo, '/appdetails'), details)).toMatchObject({
      type: 'Helm',
      helm: {
        valueFiles: ['values.yaml'],
        parameters: [
          { name: 'image.tag', value: 'v1' },
          { name: 'replicas', value: '2' },
        ],
      },
    });

    await tiphys.deployed('shop', { source: { repoURL: repo, path: 'deploy', targetRevision: 'main' } });
    expect(await tiphys.data('shop')).toEqual({ v: '1' });
  });

  it('Given credentials for its host, When it is added without a login, Then it uses those', async () => {
    const repo = await tiphys.repository('inherits', { 'all.yaml': configMap('inherits', '1') });
    await tiphys.rest.call('POST', '/api/v1/repocreds?upsert=true', { url: tiphys.git.baseUrl, ...LOGIN });
    await tiphys.rest.call('POST', `${api}?upsert=true`, { repo, type: 'git' });
    const shown = await tiphys.rest.call<Shown>('GET', `${pathOf(repo)}?forceRefresh=true`);
    expect(shown).toMatchObject({ inheritedCreds: true, connectionState: { status: 'Successful' } });
    expect(await tiphys.rest.call('DELETE', pathOf(repo))).toEqual({});
    expect((await tiphys.rest.send('GET', pathOf(repo))).status).toBe(403);
  });
});

describe('a Helm repository', () => {
  it('Given charts, When it is added, Then they are listed, and one that is not there is refused', async () => {
    await charts.publish({ name: 'web', version: '1.0.0' });
    await tiphys.rest.call('POST', `${api}?upsert=true`, { repo: charts.url, type: 'helm', name: 'charts' });
    expect(await tiphys.rest.call('GET', pathOf(charts.url, '/helmcharts'))).toEqual({
      items: [{ name: 'web', versions: ['1.0.0'] }],
    });
    const absent = { repo: `${charts.url}/nosuch`, type: 'helm', name: 'absent' };
    const { status, body } = await tiphys.rest.send<{ message: string }>('POST', api, absent);
    expect([status, body.message]).toEqual([500, expect.stringContaining('404')]);
  });
});

describe('a cluster', () => {
  it('Given its certificate, When it is added by the API, Then an Application goes there by its name', async () => {
    const { apiUrl, caPem, certPem = '', keyPem = '' } = tiphys.kube.connection;
    const [caData, certData, keyData] = [caPem, certPem, keyPem].map((pem) =>
      Buffer.from(pem).toString('base64'),
    );
    const config = { tlsClientConfig: { caData, certData, keyData } };
    const added = await tiphys.rest.call<object>('POST', '/api/v1/clusters?upsert=true', {
      server: apiUrl,
      name: 'second',
      config,
    });
    expect(added).toMatchObject({ serverVersion: 'v1.36.3', connectionState: { status: 'Successful' } });
    expect(JSON.stringify(added)).not.toContain(keyData);
    const repoURL = await tiphys.repository('elsewhere', { 'all.yaml': configMap('elsewhere', '1') });
    await tiphys.deployed('elsewhere', {
      source: { repoURL, path: '.', targetRevision: 'main' },
      destination: { name: 'second' },
    });
    expect(await tiphys.data('elsewhere')).toEqual({ v: '1' });
  });
});
