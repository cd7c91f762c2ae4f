import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, KustomizeSource, HelmSource } from '@tiphys/model';
import type { RenderOptions, RenderRequest, RenderResult } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { newAgeKey, newPgpKey, sopsEncrypt, type PgpKey } from '@tiphys/testing/sops';
import { ensureTools } from '@tiphys/toolchain';
import { Redis } from 'ioredis';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

const PASSWORD = 'correct-horse-battery';
const age = newAgeKey();
const other = newAgeKey();

let git: GitServer;
let charts: HelmRepo;
let redis: RedisServer;
let pgp: PgpKey;
let folder: PrivateFolder;
let server: RunningRepoServer;
let tools: readonly string[];

const serverWith = (...flags: string[]): Promise<RunningRepoServer> =>
  startRepoServer([
    ...tools,
    `--redis=${redis.url}`,
    `--cache-key-file=${join(folder.path, 'key')}`,
    `--work-dir=${join(folder.path, 'work')}`,
    ...flags,
  ]);

beforeAll(async () => {
  const found = await ensureTools(['helm', 'kustomize', 'jsonnet', 'sops']);
  tools = [...found].map(([name, path]) => `--${name}=${path}`);
  [git, charts, redis, pgp, folder] = await Promise.all([
    startGitServer(),
    startHelmRepo(),
    startRedis(),
    newPgpKey(),
    privateFolder('sops'),
  ]);
  await mkdir(join(folder.path, 'keys'));
  await mkdir(join(folder.path, 'private'));
  await writeFile(join(folder.path, 'key'), 'k'.repeat(64));
  await writeFile(join(folder.path, 'keys/team.agekey'), age.identity);
  await writeFile(join(folder.path, 'keys/ops.asc'), pgp.privateKey);
  await writeFile(join(folder.path, 'private/left-by-a-killed-process'), PASSWORD);
  server = await serverWith(
    `--sops-key-dir=${join(folder.path, 'keys')}`,
    `--private-dir=${join(folder.path, 'private')}`,
  );
});

afterAll(async () => {
  await server.close();
  await Promise.all([git.close(), charts.close(), redis.stop(), pgp.close()]);
  await folder.remove();
});

const secret = (password = PASSWORD): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: ${password}\n`;
const encrypt = (name: string, content: string): Promise<string> =>
  sopsEncrypt(content, { name, age: age.recipient });
const binary = (content: string): Promise<string> =>
  sopsEncrypt(content, { name: 'x', age: age.recipient, flags: ['--input-type=binary'] });

const allowed: { readonly options: RenderOptions } = { options: { decryptionKeys: 'all' } };
const render = (request: RenderRequest, on = server): Promise<RenderResult> => on.client.render(request);
const ask = (
  repository: string,
  source: Partial<RenderRequest['source']> = { path: 'web' },
  rest: Partial<Omit<RenderRequest, 'source'>> = allowed,
): Promise<RenderResult> => render(renderRequest(git.url(repository), source, rest));
const dataOf = ({ objects }: RenderResult): unknown[] =>
  objects.map((object: JsonObject) => object['stringData'] ?? object['data']);
const failure = (run: Promise<unknown>): Promise<Error & { code: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { code: string }) => error,
  );

const CHART = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'web/values.yaml': 'user: nobody\n',
  'web/templates/s.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  user: {{ .Values.user | quote }}\n' +
    '  password: {{ .Values.password | default "none" | quote }}\n  key: {{ .Values.key | default "none" | quote }}\n',
};
const withHelm = (helm: HelmSource): Partial<RenderRequest['source']> => ({ path: 'web', helm });

describe('encrypted files of a directory', () => {
  it('are decrypted: YAML, JSON, whole files, for age and for PGP', async () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'j' },
      stringData: { password: PASSWORD },
    });
    await git.createRepo('directory', {
      'web/a.yaml': await encrypt('a.yaml', secret()),
      'web/b.json': await encrypt('b.json', json),
      'web/c.yaml': await binary(secret()),
      'web/d.yaml': await sopsEncrypt(secret(), {
        name: 'd.yaml',
        pgp: pgp.fingerprint,
        gnupgHome: pgp.gnupgHome,
      }),
      'web/e.yaml': secret('in-the-clear'),
    });
    const result = await ask('directory');
    const passwords = [PASSWORD, PASSWORD, PASSWORD, PASSWORD, 'in-the-clear'];
    expect(dataOf(result)).toEqual(passwords.map((password) => ({ password })));
    expect(JSON.stringify(result.objects)).not.toContain('sops');
  });

  it('are decrypted beside Jsonnet', async () => {
    await git.createRepo('jsonnet', {
      'web/a.yaml': await encrypt('a.yaml', secret()),
      'web/b.jsonnet': '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: "m"}, data: {a: "1"}}',
    });
    expect(dataOf(await ask('jsonnet'))).toEqual([{ password: PASSWORD }, { a: '1' }]);
  });
});

describe('encrypted files of a kustomization', () => {
  it('are decrypted: resources, and what generators read', async () => {
    await git.createRepo('kustomize', {
      'web/kustomization.yaml':
        'resources: [secret.yaml]\ngeneratorOptions: {disableNameSuffixHash: true}\nsecretGenerator:\n' +
        '- name: env\n  envs: [app.env]\n- name: files\n  files: [tls.key, conf.json, plain.txt]\n',
      'web/secret.yaml': await encrypt('secret.yaml', secret()),
      'web/app.env': await encrypt('app.env', `PASSWORD=${PASSWORD}\n`),
      'web/tls.key': await encrypt('tls.key', `key ${PASSWORD}\n`),
      'web/conf.json': await encrypt('conf.json', `{"password":"${PASSWORD}"}`),
      'web/plain.txt': 'as it is',
    });
    const namePrefix: KustomizeSource = { namePrefix: 'pre-' };
    const decoded = ({ objects }: RenderResult): unknown[] =>
      objects.map(({ data, stringData }) =>
        Object.entries((data ?? stringData) as Record<string, string>).map(([key, value]) => [
          key,
          data === undefined ? value : Buffer.from(value, 'base64').toString().replaceAll(/\s/g, ''),
        ]),
      );
    const expected = [
      [['password', PASSWORD]],
      [['PASSWORD', PASSWORD]],
      [
        ['conf.json', `{"password":"${PASSWORD}"}`],
        ['plain.txt', 'asitis'],
        ['tls.key', `key${PASSWORD}`],
      ],
    ];
    expect(decoded(await ask('kustomize'))).toEqual(expected);
    expect(decoded(await ask('kustomize', { path: 'web', kustomize: namePrefix }))).toEqual(expected);
  });
});

describe('encrypted files of a chart', () => {
  it('are decrypted: value files, globs, file parameters, values of the chart itself', async () => {
    await git.createRepo('chart', {
      ...CHART,
      'web/values.yaml': await encrypt('values.yaml', 'user: default-of-the-chart\n'),
      'envs/a.yaml': await encrypt('a.yaml', `password: ${PASSWORD}\n`),
      'envs/tls.key': await encrypt('tls.key', `key ${PASSWORD}`),
    });
    const all = await ask(
      'chart',
      withHelm({ valueFiles: ['/envs/*.yaml'], fileParameters: [{ name: 'key', path: '../envs/tls.key' }] }),
    );
    const user = 'default-of-the-chart';
    expect(dataOf(all)).toEqual([{ user, password: PASSWORD, key: `key ${PASSWORD}` }]);
  });

  it('are decrypted in another source, also for a chart of a repository of charts', async () => {
    await git.createRepo('values', { 'prod.yaml': await encrypt('prod.yaml', `password: ${PASSWORD}\n`) });
    const files = Object.fromEntries(
      Object.entries(CHART).map(([path, text]) => [path.replace('web/', ''), text]),
    );
    await charts.publish({ name: 'web', version: '0.1.0', files });
    const url = git.url('values');
    const refSources = {
      values: { source: { repoURL: url, ref: 'values' }, repository: { url, type: 'git' as const } },
    };
    const source = { chart: 'web', targetRevision: '0.1.0', helm: { valueFiles: ['$values/prod.yaml'] } };
    const repository = { url: charts.url, type: 'helm' as const };
    const result = await render(renderRequest(charts.url, source, { ...allowed, repository, refSources }));
    expect(dataOf(result)).toEqual([{ user: 'nobody', password: PASSWORD, key: 'none' }]);
  });
});

describe('what may not be opened', () => {
  it('belongs to a project that allows none, whoever rendered it before', async () => {
    await git.createRepo('mixed', {
      'web/a.yaml': await encrypt('a.yaml', secret()),
      'plain/b.yaml': secret('x'),
    });
    expect(dataOf(await ask('mixed'))).toEqual([{ password: PASSWORD }]);
    const error = await failure(ask('mixed', { path: 'web' }, { project: 'shop' }));
    expect(error.code).toBe('permission-denied');
    expect(error.message).toMatch(
      /^web\/a\.yaml is encrypted by SOPS, and the AppProject shop does not allow/,
    );
    const again = await failure(ask('mixed', { path: 'web' }, { project: 'other' }));
    expect(again.message).toMatch(/the AppProject other does not allow/);
    expect(dataOf(await ask('mixed', { path: 'plain' }, { project: 'shop' }))).toEqual([{ password: 'x' }]);
  });

  it('needs a key that the project does not name', async () => {
    const keys = (...decryptionKeys: string[]): { readonly options: RenderOptions } => ({
      options: { decryptionKeys },
    });
    const error = await failure(ask('mixed', { path: 'web' }, keys('ops.asc')));
    expect(error.message).toMatch(
      new RegExp(`^web/a\\.yaml cannot be opened by any of the SOPS keys here; .*${age.recipient}`),
    );
    expect(dataOf(await ask('mixed', { path: 'web' }, keys('team.agekey')))).toEqual([
      { password: PASSWORD },
    ]);
  });

  it.each([
    [
      'for others',
      () => sopsEncrypt(secret(), { name: 'a.yaml', age: other.recipient }),
      new RegExp(other.recipient),
    ],
    [
      'and was changed since',
      async () =>
        (
          await sopsEncrypt(secret(), {
            name: 'a.yaml',
            age: age.recipient,
            flags: ['--encrypted-regex=^stringData$'],
          })
        ).replace('name: db', 'name: dc'),
      /was changed after SOPS encrypted it/,
    ],
  ])('is encrypted %s', async (what, content, message) => {
    const name = what.replaceAll(' ', '-');
    await git.createRepo(name, { 'web/a.yaml': await content() });
    const { message: told } = await failure(ask(name));
    expect(told).toMatch(/^web\/a\.yaml /);
    expect(told).toMatch(message);
    expect(told).not.toContain('correct');
  });

  it('stays as it is where encrypted files are not looked for', async () => {
    const plain = await startRepoServer([...tools]);
    const result = await render(renderRequest(git.url('mixed'), { path: 'web' }, allowed), plain);
    expect(JSON.stringify(result.objects)).toContain('ENC[AES256_GCM');
    await plain.close();
  });
});

describe('what was opened', () => {
  it('is in no error', async () => {
    await git.createRepo('failing', {
      ...CHART,
      'web/templates/fail.yaml': '{{ fail (printf "no: %s %s" .Values.password (b64enc .Values.password)) }}',
      'web/secret.yaml': await encrypt('secret.yaml', `password: ${PASSWORD}\n`),
    });
    const { message } = await failure(ask('failing', withHelm({ valueFiles: ['secret.yaml'] })));
    expect(message).toMatch(/no: \*+ \*+/);
    expect(message).not.toContain(PASSWORD.slice(0, 8));
  });

  it('is rendered once, and then given again', async () => {
    await git.createRepo('again', {
      'web/kustomization.yaml': 'resources: [a.yaml]\n',
      'web/a.yaml': await encrypt('a.yaml', secret()),
    });
    const first = await ask('again');
    const before = await rendersDone();
    expect(await ask('again')).toEqual(first);
    expect(await rendersDone()).toBe(before);
  });

  it('is on no disk and not in Redis', async () => {
    await git.createRepo('told', {
      'web/kustomization.yaml': 'resources: [a.yaml]\n',
      'web/a.yaml': secret('plainly'),
    });
    await ask('told');
    await ask('again', { path: 'web' }, { ...allowed, noCache: true });
    const client = new Redis(redis.url);
    const values = await Promise.all((await client.keys('*')).map((key) => client.getBuffer(key)));
    client.disconnect();
    expect(values.filter((value) => value?.includes('plainly'))).toHaveLength(1);
    const forms = [PASSWORD, Buffer.from(PASSWORD).toString('base64')];
    expect(values.filter((value) => forms.some((form) => value?.includes(form)))).toEqual([]);
    expect(await filesWith(forms, folder.path)).toEqual([]);
    expect(
      (await readdir(join(folder.path, 'private'), { recursive: true })).filter(
        (path) => !path.startsWith('k'),
      ),
    ).toEqual(['runs', 'scratch']);
  });
});

describe('a render that is cut off', () => {
  it('leaves nothing in the clear, and its tool saw no key', async () => {
    await git.createRepo('hanging', {
      ...CHART,
      'web/secret.yaml': await encrypt('secret.yaml', `password: ${PASSWORD}\n`),
    });
    const [memory, seen] = [join(folder.path, 'm'), join(folder.path, 'seen')];
    const hangingHelm = join(folder.path, 'hanging-helm');
    const script = `[ "$1" = version ] && exec echo v3.21.4\nenv > ${seen}\nls -R ${memory}/scratch >> ${seen}\nsleep 600\n`;
    await writeFile(hangingHelm, `#!/bin/sh\n${script}`, { mode: 0o755 });
    const hasty = await serverWith(
      `--sops-key-dir=${join(folder.path, 'keys')}`,
      `--private-dir=${memory}`,
      `--work-dir=${join(folder.path, 'work2')}`,
      `--helm=${hangingHelm}`,
      '--exec-timeout=3s',
    );
    const source = withHelm({ valueFiles: ['secret.yaml'] });
    const error = await failure(render(renderRequest(git.url('hanging'), source, allowed), hasty));
    expect(error.code).toBe('deadline');
    const told = await readFile(seen, 'utf8');
    expect(told).toContain('plain-1.yaml');
    expect(told).toContain(`HOME=${memory}/runs/`);
    expect(told).not.toMatch(/AGE-SECRET|SOPS|GNUPGHOME/);
    const forms = [PASSWORD, Buffer.from(PASSWORD).toString('base64')];
    expect(await filesWith(forms, folder.path)).toEqual([]);
    await hasty.close();
    expect(await readdir(memory)).toEqual([]);
  });
});

async function rendersDone(): Promise<number> {
  const text = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  const name = 'argocd_repo_parallelism_wait_duration_seconds_count';
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function filesWith(texts: readonly string[], directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => ({ file, content: await readFile(file) })));
  return contents
    .filter(({ content }) => texts.some((text) => content.includes(text)))
    .map(({ file }) => file);
}
