import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labels } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { packChart, packFiles, startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { webChart } from '../manifests/index.ts';

const login = { username: 'reader', password: 'canary-repository-password' };
const chartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const treeLayer = 'application/vnd.oci.image.layer.v1.tar+gzip';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let locked: GitServer;
let certified: GitServer;
let charts: HelmRepo;
let registry: OciRegistry;

beforeAll(async () => {
  [tiphys, locked, certified, charts, registry] = await Promise.all([
    givenTiphys({ git: { ssh: true } }),
    startGitServer({ tls: true, auth: login }),
    startGitServer({ tls: true, clientCertificate: true }),
    startHelmRepo(login),
    startOciRegistry(login),
  ]);
});

afterAll(async () => {
  await tiphys.close();
  await Promise.all([locked.close(), certified.close(), charts.close(), registry.stop()]);
});

const repositorySecret = (name: string, data: Readonly<Record<string, string>>): Promise<void> =>
  tiphys.secret(name, { [labels.secretType]: 'repository' }, data);

describe('charts and artifacts', () => {
  it('Given a Helm repository behind a login, When a version is published, Then the range follows', async () => {
    for (const version of ['1.0.0', '2.0.0'])
      await charts.publish({ name: 'web', version, files: webChart(version) });
    const source = { repoURL: charts.url, chart: 'web', targetRevision: '1.x' };
    const secret = { type: 'helm', url: charts.url, ...login };
    await repositorySecret('charts', { ...secret, password: 'canary-wrong' });
    await tiphys.application('from-index', { auto: true, source });
    const refused = await tiphys.hasCondition('from-index', 'ComparisonError', /401|login|unauthor/i);
    expect(JSON.stringify(refused)).not.toContain('canary');

    await repositorySecret('charts', secret);
    const app = await tiphys.becomesSynced('from-index');
    expect(app.status?.sync?.revision).toBe('1.0.0');
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await tiphys.data('from-index')).toEqual({ chart: '1.0.0' });

    await charts.publish({ name: 'web', version: '1.4.0', files: webChart('1.4.0') });
    await tiphys.refresh('from-index');
    await tiphys.becomesLive('from-index', { chart: '1.4.0' });
  });

  it('Given a registry behind a login, When a chart and an artifact are named, Then both are live', async () => {
    const data = await packChart('web', '1.2.3', webChart('1.2.3'));
    const layers = [{ mediaType: chartLayer, data }];
    const configType = 'application/vnd.cncf.helm.config.v1+json';
    await registry.push({ name: 'charts/web', tag: '1.2.3', configType, layers });
    const tree = await packFiles({ 'app/cm.yaml': configMap('from-artifact', '1') });
    const digest = await registry.push({
      name: 'apps/web',
      tag: 'v1',
      layers: [{ mediaType: treeLayer, data: tree }],
    });
    const plain = { insecureOCIForceHttp: 'true', ...login };
    const chartsUrl = `${registry.host}/charts`;
    await repositorySecret('oci-charts', { type: 'helm', enableOCI: 'true', url: chartsUrl, ...plain });
    await tiphys.secret(
      'oci',
      { [labels.secretType]: 'repo-creds' },
      {
        type: 'oci',
        url: `oci://${registry.host}`,
        ...plain,
      },
    );
    const artifact = { repoURL: `oci://${registry.host}/apps/web`, path: 'app', targetRevision: 'v1' };
    const [, app] = await Promise.all([
      tiphys.deployed('from-oci-chart', {
        source: { repoURL: chartsUrl, chart: 'web', targetRevision: '^1.0.0' },
      }),
      tiphys.deployed('from-artifact', { source: artifact }),
    ]);
    expect(await tiphys.data('from-oci-chart')).toEqual({ chart: '1.2.3' });
    expect(await tiphys.data('from-artifact')).toEqual({ v: '1' });
    expect(app.status?.sync?.revision).toBe(digest);
  });
});

describe('private git', () => {
  it('Given an unknown authority and a login, When both are told to Tiphys, Then the Application heals', async () => {
    await locked.createRepo('web', { 'cm.yaml': configMap('by-login', '1') });
    const source = { repoURL: locked.url('web'), path: '.', targetRevision: 'main' };
    await tiphys.application('by-login', { auto: true, source });
    await tiphys.hasCondition('by-login', 'ComparisonError', /certificate/i);

    await tiphys.setting('argocd-tls-certs-cm', { '127.0.0.1': locked.caPem ?? '' });
    await tiphys.hasCondition('by-login', 'ComparisonError', /login|authenticat|401/i);

    await tiphys.secret(
      'git-login',
      { [labels.secretType]: 'repo-creds' },
      { url: locked.baseUrl, ...login },
    );
    const app = await tiphys.becomesSynced('by-login');
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await tiphys.data('by-login')).toEqual({ v: '1' });
  });

  it('Given a server that asks for a certificate, When the secret has one, Then it is let in', async () => {
    await certified.createRepo('web', { 'cm.yaml': configMap('by-certificate', '1') });
    const { certPem = '', keyPem = '' } = certified.clientIdentity ?? {};
    await tiphys.setting('argocd-tls-certs-cm', {
      '127.0.0.1': `${locked.caPem ?? ''}${certified.caPem ?? ''}`,
    });
    await repositorySecret('git-certificate', {
      url: certified.url('web'),
      tlsClientCertData: certPem,
      tlsClientCertKey: keyPem,
    });
    await tiphys.deployed('by-certificate', { source: { repoURL: certified.url('web'), path: '.' } });
    expect(await tiphys.data('by-certificate')).toEqual({ v: '1' });
  });

  it('Given a key, When the host becomes known, Then the repository is read over ssh', async () => {
    const { privateKey = '', knownHosts = '' } = tiphys.git.ssh ?? {};
    await tiphys.git.createRepo('by-key', { 'cm.yaml': configMap('by-key', '1') });
    const repoURL = tiphys.git.sshUrl('by-key');
    await repositorySecret('git-key', { url: repoURL, sshPrivateKey: privateKey });
    await tiphys.application('by-key', { auto: true, source: { repoURL, path: '.' } });
    await tiphys.hasCondition('by-key', 'ComparisonError', /host key|known.hosts/i);

    await tiphys.setting('argocd-ssh-known-hosts-cm', { ssh_known_hosts: knownHosts });
    await tiphys.becomesSynced('by-key');
    expect(await tiphys.data('by-key')).toEqual({ v: '1' });
  });
});

describe('revisions', () => {
  it('Given tags, branches and commits, When each is named, Then that very commit is live', async () => {
    const at = (text: string): Record<string, string> => ({
      'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: cm }\n',
      'kustomization.yaml': `resources: [cm.yaml]\nconfigMapGenerator:\n- { name: at, literals: [v=${text}] }\n`,
    });
    const { git } = tiphys;
    const repoURL = await tiphys.repository('revisions', at('1.0.0'));
    const [first, ...others] = [
      await git.commit('revisions', at('first'), 'first'),
      await git.commit('revisions', at('1.1.0'), '1.1.0'),
      await git.commit('revisions', at('2.0.0'), '2.0.0'),
    ];
    const [minor = '', major = ''] = others;
    await git.tag('revisions', 'v1.1.0', minor, 'annotated');
    await git.tag('revisions', 'v2.0.0', major);
    const dev = await git.commit('revisions', at('dev'), 'dev', { branch: 'dev' });
    const head = await git.commit('revisions', at('head'), 'head');
    const wanted = {
      sha: [first, first],
      'short-sha': [first.slice(0, 10), first],
      tag: ['v1.1.0', minor],
      range: ['1.x', minor],
      'tag-range': ['>=1.0.0 <3', major],
      branch: ['dev', dev],
      ref: ['refs/heads/dev', dev],
      head: ['HEAD', head],
    } as const;
    const seen = await Promise.all(
      Object.entries(wanted).map(async ([name, [targetRevision]]) => {
        const kustomize = { namePrefix: `${name}-` };
        const app = await tiphys.deployed(`at-${name}`, {
          source: { repoURL, path: '.', targetRevision, kustomize },
        });
        return [name, [targetRevision, app.status?.sync?.revision]] as const;
      }),
    );
    expect(Object.fromEntries(seen)).toEqual(wanted);
  });

  it('Given a range, When a newer tag comes or a branch is moved by force, Then the Application follows', async () => {
    const sha = await tiphys.git.commit(
      'revisions',
      { 'kustomization.yaml': 'resources: [cm.yaml]\n' },
      '1.9.0',
    );
    await tiphys.git.tag('revisions', 'v1.9.0', sha);
    const forced = await tiphys.git.commit(
      'revisions',
      { 'kustomization.yaml': 'resources: [cm.yaml]\n', 'cm.yaml': configMap('cm', 'forced') },
      'anew',
      { branch: 'dev', orphan: true },
    );
    for (const [name, revision] of [
      ['at-range', sha],
      ['at-branch', forced],
    ] as const) {
      await tiphys.refresh(name);
      await tiphys.eventually(
        name,
        `is Synced to ${revision}`,
        ({ status }) => status?.sync?.revision === revision && status.sync.status === 'Synced',
      );
    }
    expect(await tiphys.data('branch-cm')).toEqual({ v: 'forced' });
  });
});
