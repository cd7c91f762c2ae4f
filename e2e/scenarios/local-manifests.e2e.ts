import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys, syncUntil } from '@tiphys/testing/given';
import { Cli, type Outcome } from '../../cli/src/testing/run-cli.ts';

const PASSWORD = 'correct-horse';
const POLICY =
  'p, role:dev, applications, get, default/*, allow\n' +
  'p, role:dev, applications, sync, default/*, allow\n' +
  'g, ann, role:dev\n';
const OVERRIDE = 'p, role:dev, applications, override, default/*, allow\n';
const SECRET = 'correct-horse-battery';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let cli: Cli;

beforeAll(async () => {
  tiphys = await givenTiphys({
    values: { config: { cm: { 'accounts.ann': 'login' }, rbac: { 'policy.csv': POLICY } } },
  });
  await tiphys.rest.call('PUT', '/api/v1/account/password', {
    name: 'ann',
    currentPassword: tiphys.system.adminPassword,
    newPassword: PASSWORD,
  });
  await rights(POLICY);
  cli = await Cli.create();
  const login = ['login', new URL(tiphys.system.apiUrl).host, '--username', 'ann', '--password', PASSWORD];
  expect(await cli.run([...login, '--plaintext'])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await cli?.remove();
  await tiphys?.close();
});

const rights = (policy: string): Promise<void> => tiphys.setting('argocd-rbac-cm', { 'policy.csv': policy });

const mayOverride = (answer: 'yes' | 'no'): Promise<void> =>
  expect
    .poll(async () => (await run('account', 'can-i', 'override', 'applications', 'default/local')).stdout, {
      timeout: 30_000,
    })
    .toContain(answer);

/** A checkout on the developer's machine. */
async function checkout(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(cli.home, name);
  await rm(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const run = (...args: readonly string[]): Promise<Outcome> => cli.run(args);

const deployed = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const repoURL = await tiphys.repository(name, files);
  await tiphys.deployed(name, { source: { repoURL, path: 'web' } });
  return repoURL;
};

const secret = (name: string, password: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {password: ${password}}\n`;

describe('a developer with a checkout', () => {
  it('Given a changed file, When they diff their directory, Then they see what it would change, and nothing changes', async () => {
    await deployed('draft', { 'web/a.yaml': configMap('draft', '1') });
    const here = await checkout('draft', { 'web/a.yaml': configMap('draft', '2') });
    const same = await run('app', 'diff', 'draft');
    expect(same, same.stderr).toMatchObject({ code: 0, stdout: '' });
    for (const args of [
      ['--local', join(here, 'web')],
      ['--local', join(here, 'web'), '--local-repo-root', here],
      ['--local', here, '--server-side-generate'],
      ['--local', join(here, 'web'), '--server-side-diff'],
    ]) {
      const found = await run('app', 'diff', 'draft', ...args);
      expect(found.code, found.stderr).toBe(1);
      expect(found.stdout).toMatch(/-\s+v: "1"\n\+\s+v: "2"/u);
    }
    const quiet = await run('app', 'diff', 'draft', '--local', join(here, 'web'), '--exit-code=false');
    expect(quiet.code).toBe(0);
    const other = await run('app', 'diff', 'draft', '--local', join(here, 'web'), '--diff-exit-code', '7');
    expect(other.code).toBe(7);
    expect(await tiphys.data('draft')).toEqual({ v: '1' });
  });

  it('Given a kustomization outside of the directory, When they print the manifests, Then the root of the repository is what is rendered', async () => {
    await deployed('based', {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': configMap('based', '1'),
      'web/kustomization.yaml': 'resources: [../base]\n',
    });
    const here = await checkout('based', {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': configMap('based', '5'),
      'web/kustomization.yaml': 'resources: [../base]\ncommonAnnotations: {by: ann}\n',
    });
    const printed = await run(
      'app',
      'manifests',
      'based',
      '--local',
      join(here, 'web'),
      '--local-repo-root',
      here,
    );
    expect(printed, printed.stderr).toMatchObject({ code: 0 });
    expect(printed.stdout).toContain('v: "5"');
    expect(printed.stdout).toContain('by: ann');
    const alone = await run('app', 'manifests', 'based', '--local', join(here, 'web'));
    expect(alone.code).toBe(20);
    const live = await run('app', 'manifests', 'based', '--source', 'live');
    expect(live.stdout).toContain('v: "1"');
  });

  it('Given no right to override, When they sync their directory, Then it is refused; with the right it is live, and git stays what it was', async () => {
    await rights(POLICY);
    await mayOverride('no');
    const repoURL = await tiphys.repository('local', { 'web/a.yaml': configMap('local', '1') });
    await tiphys.application('local', { source: { repoURL, path: 'web' } });
    await syncUntil(tiphys, 'local', 'Succeeded');
    const here = await checkout('local', {
      'web/a.yaml': configMap('local', '3'),
      'web/b.yaml': secret('local-login', SECRET),
    });
    const args = ['app', 'sync', 'local', '--local', join(here, 'web'), '--timeout', '60'];
    const refused = await run(...args);
    expect(refused.code).toBe(20);
    expect(refused.stderr).toContain('permission denied: applications, override, default/local');
    await rights(POLICY + OVERRIDE);
    await mayOverride('yes');
    const dry = await run(...args, '--dry-run');
    expect(dry, dry.stderr).toMatchObject({ code: 0 });
    expect(await tiphys.data('local')).toEqual({ v: '1' });
    const synced = await run(...args);
    expect(synced, synced.stderr).toMatchObject({ code: 0 });
    expect(await tiphys.data('local')).toEqual({ v: '3' });
    const live = await tiphys.live<{ data?: Record<string, string> }>('v1', 'Secret', 'local-login');
    expect(Buffer.from(live?.data?.['password'] ?? '', 'base64').toString()).toBe(SECRET);
    expect(synced.stdout + synced.stderr).not.toContain(SECRET);
    await tiphys.eventually(
      'local',
      'differs from git again',
      ({ status }) => status?.sync?.status === 'OutOfSync',
    );
  });

  it('Given files that are too much, When they send them, Then the server says so and goes on', async () => {
    await deployed('large', { 'web/a.yaml': configMap('large', '1') });
    const here = await checkout('large', { 'a.yaml': configMap('large', `${'x'.repeat(11_000_000)}`) });
    const failed = await run('app', 'diff', 'large', '--local', here);
    expect(failed.code).toBe(20);
    expect(failed.stderr).toMatch(/larger than|more than|exceed/u);
    expect((await run('app', 'diff', 'large')).code).toBe(0);
  });
});

describe('a deployment of the history', () => {
  it('Given a commit, When its application is looked at, Then it is told who made it, when and why', async () => {
    await deployed('told', { 'web/a.yaml': configMap('told', '1') });
    const sha = (await tiphys.app('told'))?.status?.sync?.revision ?? '';
    await tiphys.git.tag('told', 'v1.0.0', sha);
    const path = `/api/v1/applications/told/revisions/${sha}/metadata`;
    const known = await tiphys.rest.call<Record<string, unknown>>('GET', path);
    expect(known).toMatchObject({
      author: expect.stringContaining('@') as unknown,
      date: expect.stringMatching(/^\d{4}-/u) as unknown,
      message: expect.any(String) as unknown,
    });
    const history = await run('app', 'history', 'told');
    expect(history.stdout).toContain(sha.slice(0, 7));
  });
});
