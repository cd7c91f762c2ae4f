import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys, placesThatTell } from '@tiphys/testing/given';
import { newAgeKey, newPgpKey, sopsEncrypt, type PgpKey } from '@tiphys/testing/sops';

const PASSWORD = 'correct-horse-battery-staple';
const age = newAgeKey();
const late = newAgeKey();

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let pgp: PgpKey;

const anywhere = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  namespaceResourceWhitelist: [{ group: '*', kind: '*' }],
};
const mount = async (keys: Readonly<Record<string, string>>): Promise<void> => {
  await tiphys.secret('sops-keys', {}, keys);
  await tiphys.system.runner.refreshVolumes();
};

beforeAll(async () => {
  [tiphys, pgp] = await Promise.all([
    givenTiphys({ values: { sops: { secretName: 'sops-keys' } }, tools: ['sops'] }),
    newPgpKey(),
  ]);
  await mount({ 'team.agekey': age.identity, 'ops.asc': pgp.privateKey });
  await tiphys.project('trusted', anywhere, { 'tiphys.dev/sops-keys': '*' });
  await tiphys.project('ops', anywhere, { 'tiphys.dev/sops-keys': 'ops.asc' });
});

afterAll(async () => {
  await tiphys.close();
  await pgp.close();
});

const secret = (name: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  password: ${PASSWORD}\n`;
const forAge = (name: string, content: string): Promise<string> =>
  sopsEncrypt(content, { name, age: age.recipient });
const forPgp = (name: string, content: string): Promise<string> =>
  sopsEncrypt(content, { name, pgp: pgp.fingerprint, gnupgHome: pgp.gnupgHome });

/** The data of a Secret in the target namespace, in the clear. */
async function opened(name: string): Promise<Record<string, string> | undefined> {
  const found = await tiphys.live<{ data?: Record<string, string> }>('v1', 'Secret', name);
  const entries = Object.entries(found?.data ?? {});
  return (
    found && Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
  );
}

describe('a project that may use the keys', () => {
  it('Given a directory of files encrypted for age and PGP, When it is synced, Then their Secrets are live', async () => {
    const json = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'dir-json' },
      stringData: { password: PASSWORD },
    };
    const repoURL = await tiphys.repository('directory', {
      'web/a.yaml': await forAge('a.yaml', secret('dir-age')),
      'web/b.yaml': await forPgp('b.yaml', secret('dir-pgp')),
      'web/c.json': await forAge('c.json', JSON.stringify(json)),
      'web/d.yaml': configMap('dir-plain', '1'),
    });
    await tiphys.deployed('directory', { project: 'trusted', source: { repoURL, path: 'web' } });
    for (const name of ['dir-age', 'dir-pgp', 'dir-json']) {
      expect(await opened(name)).toEqual({ password: PASSWORD });
    }
    expect(await tiphys.data('dir-plain')).toEqual({ v: '1' });
  });

  it('Given a kustomization that generates Secrets of encrypted files, When it is synced, Then they are live', async () => {
    const repoURL = await tiphys.repository('kustomize', {
      'web/kustomization.yaml':
        'generatorOptions: {disableNameSuffixHash: true}\nresources: [plain.yaml]\nsecretGenerator:\n' +
        '- name: kust-env\n  envs: [app.env]\n- name: kust-files\n  files: [tls.key]\n',
      'web/app.env': await forAge('app.env', `PASSWORD=${PASSWORD}\n`),
      'web/tls.key': await forPgp('tls.key', `key ${PASSWORD}`),
      'web/plain.yaml': configMap('kust-plain', '1'),
    });
    await tiphys.deployed('kustomize', { project: 'trusted', source: { repoURL, path: 'web' } });
    expect(await opened('kust-env')).toEqual({ PASSWORD });
    expect(await opened('kust-files')).toEqual({ 'tls.key': `key ${PASSWORD}` });
  });

  it('Given a chart with encrypted value files, here and in another source, When it is synced, Then its Secret is live', async () => {
    const chart = {
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'web/templates/secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: chart\nstringData:\n' +
        '  own: {{ .Values.own | quote }}\n  other: {{ .Values.other | quote }}\n',
    };
    const repoURL = await tiphys.repository('chart', {
      ...chart,
      'web/secret.yaml': await forAge('secret.yaml', `own: ${PASSWORD}\n`),
    });
    const values = await tiphys.repository('values', {
      'prod.yaml': await forPgp('prod.yaml', `other: ${PASSWORD}\n`),
    });
    const helm = { valueFiles: ['secret.yaml', '$values/prod.yaml'] };
    await tiphys.deployed('chart', {
      project: 'trusted',
      sources: [
        { repoURL, path: 'web', helm },
        { repoURL: values, targetRevision: 'HEAD', ref: 'values' },
      ],
    });
    expect(await opened('chart')).toEqual({ own: PASSWORD, other: PASSWORD });
  });

  it('Given a key that is not mounted yet, When it is added, Then the Application is synced without a restart', async () => {
    const encrypted = await sopsEncrypt(secret('late'), { name: 'a.yaml', age: late.recipient });
    const repoURL = await tiphys.repository('late', { 'web/a.yaml': encrypted });
    await tiphys.application('late', { auto: true, project: 'trusted', source: { repoURL, path: 'web' } });
    await tiphys.hasCondition(
      'late',
      'ComparisonError',
      new RegExp(`web/a\\.yaml cannot be opened by any of the SOPS keys here; .*${late.recipient}`),
    );
    await mount({ 'team.agekey': age.identity, 'ops.asc': pgp.privateKey, 'late.agekey': late.identity });
    await expect
      .poll(
        async () => {
          await tiphys.refresh('late');
          return opened('late');
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toEqual({ password: PASSWORD });
  });
});

describe('a project that may not', () => {
  it('Given encrypted files, When its Application is compared, Then they are refused and nothing is written', async () => {
    const repoURL = await tiphys.repository('refused', {
      'web/a.yaml': await forAge('a.yaml', secret('refused')),
      'web/b.yaml': configMap('refused', '1'),
    });
    await tiphys.application('refused', { auto: true, source: { repoURL, path: 'web' } });
    await tiphys.hasCondition(
      'refused',
      'ComparisonError',
      /web\/a\.yaml is encrypted by SOPS, and the AppProject default does not allow to open it.*tiphys\.dev\/sops-keys/,
    );
    expect(await opened('refused')).toBeUndefined();
    expect(await tiphys.data('refused')).toBeUndefined();
  });

  it('Given files for a key that it does not name, When they are compared, Then they stay closed', async () => {
    const repoURL = await tiphys.repository('foreign', {
      'web/a.yaml': await forAge('a.yaml', secret('foreign')),
      'own/a.yaml': await forPgp('a.yaml', secret('own')),
    });
    await tiphys.application('foreign', { auto: true, project: 'ops', source: { repoURL, path: 'web' } });
    await tiphys.deployed('own', { project: 'ops', source: { repoURL, path: 'own' } });
    await tiphys.hasCondition(
      'foreign',
      'ComparisonError',
      /web\/a\.yaml cannot be opened by any of the SOPS keys/,
    );
    expect(await opened('own')).toEqual({ password: PASSWORD });
    expect(await opened('foreign')).toBeUndefined();
  });
});

describe('the plain text', () => {
  it('Given an Application with it, When its manifests are read and a render fails, Then it is shown nowhere', async () => {
    const template =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: shown}\nstringData:\n  a: {{ .Values.password }}\n' +
      '{{ if .Values.fails }}{{ fail .Values.password }}{{ end }}';
    const repoURL = await tiphys.repository('shown', {
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'web/templates/s.yaml': template,
      'web/secret.yaml': await forAge('secret.yaml', `password: ${PASSWORD}\n`),
    });
    const source = { repoURL, path: 'web', helm: { valueFiles: ['secret.yaml'] } };
    await tiphys.deployed('shown', { project: 'trusted', source });
    expect(await opened('shown')).toEqual({ a: PASSWORD });
    const shown = await tiphys.rest.call('GET', '/api/v1/applications/shown/manifests');
    expect(JSON.stringify(shown)).toMatch(/\+\+\+\+/);
    await tiphys.patch('shown', {
      spec: { source: { helm: { parameters: [{ name: 'fails', value: 'true' }] } } },
    });
    await tiphys.hasCondition('shown', 'ComparisonError', /\*{6}/);
    expect(JSON.stringify(shown)).not.toContain(PASSWORD);
    expect(await placesThatTell(tiphys, PASSWORD)).toEqual([]);
  });

  it('Given a repo-server that is killed at work, When it is back, Then no file of it holds anything', async () => {
    const repoURL = await tiphys.repository('killed', {
      'web/a.yaml': await forAge('a.yaml', secret('killed')),
    });
    await tiphys.deployed('killed', { project: 'trusted', source: { repoURL, path: 'web' } });
    const renders = tiphys.refresh('killed', 'hard');
    tiphys.system.runner.kill('argocd-repo-server');
    await renders;
    await tiphys.system.runner.awaitReady({ workload: 'argocd-repo-server' });
    await tiphys.becomesSynced('killed', 60_000);
    expect(await placesThatTell(tiphys, PASSWORD)).toEqual([]);
  });
});
