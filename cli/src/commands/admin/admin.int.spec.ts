import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Installation } from '../../testing/installation.ts';
import { runHere } from '../../testing/run-here.ts';

let installation: Installation;
let folder: string;

const apps = `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop}
spec: {roles: [{name: ci, policies: []}, {name: dev}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, labels: {team: a}, annotations: {argocd.argoproj.io/refresh: normal}}
spec:
  project: shop
  destination: {server: "https://kubernetes.default.svc", namespace: web}
  source: {repoURL: "https://git.example.com/a.git", path: a}
status:
  health: {status: Healthy}
  sync: {status: Synced, comparedTo: {destination: {}, source: {repoURL: "https://git.example.com/a.git"}}}
`;

beforeAll(async () => {
  installation = await Installation.create('admin');
  folder = await mkdtemp(join(tmpdir(), 'tiphys-admin-'));
  await installation.apply(apps);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await installation.remove();
});

const run = (...words: readonly string[]) => installation.run(['admin', ...words]);
const secretOf = async (name: string): Promise<Readonly<Record<string, string>>> => {
  const { data = {} } = (await installation.find<{ data?: Record<string, string> }>('Secret', name)) ?? {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
};
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

describe('admin initial-password reset', () => {
  it('says that there is no control plane', async () => {
    const { code, stderr } = await run('initial-password', 'reset');
    expect(code).toBe(20);
    expect(stderr).toContain('has no secret argocd-secret');
  });

  it('sets a password at random, ends older sessions and keeps it for initial-password', async () => {
    await installation.apply(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: argocd-secret}\nstringData: {server.secretkey: stays}\n',
    );
    const first = await run('initial-password', 'reset');
    const second = await run('initial-password', 'reset');
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
    const password = second.stdout.trim();
    expect(password.length).toBeGreaterThanOrEqual(24);
    const { 'admin.password': hash = '', ...rest } = await secretOf('argocd-secret');
    expect(await compare(password, hash)).toBe(true);
    expect(rest).toEqual({ 'server.secretkey': 'stays', 'admin.passwordMtime': expect.stringMatching(/Z$/) });
    expect((await run('initial-password')).stdout.split('\n')[0]).toBe(password);
  });
});

describe('admin redis-initial-password', () => {
  it('makes one once, and prints none', async () => {
    const first = await run('redis-initial-password');
    const { auth = '' } = await secretOf('argocd-redis');
    expect(auth.length).toBeGreaterThanOrEqual(24);
    const again = await run('redis-initial-password');
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(await secretOf('argocd-redis')).toEqual({ auth });
    expect(first.stdout + again.stdout).not.toContain(auth);
  });
});

describe('admin proj update-role-policy', () => {
  const words = ['proj', 'update-role-policy', 'sh*', 'set', 'sync', '--resource', 'applications'];
  const set = [...words, '--scope', '*', '--permission', 'allow'];
  const policies = async (): Promise<unknown> =>
    (
      await installation.find<{ spec: { roles: { policies?: string[] }[] } }>(
        'AppProject',
        'shop',
        'argoproj.io/v1alpha1',
      )
    )?.spec.roles.map((role) => role.policies);

  it('shows what would change, and changes it when asked to', async () => {
    const policy = 'p, proj:shop:ci, applications, sync, shop/*, allow';
    const { stdout, code, stderr } = await run(...set, '--role', 'ci');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('===== shop ======\n');
    expect(stdout).toContain(`- ${policy}`);
    expect(await policies()).toEqual([[], undefined]);
    await run(...set, '--role', 'ci', '--dry-run=false');
    expect(await policies()).toEqual([[policy], undefined]);
    expect((await run(...set, '--role', 'ci')).stdout).toBe('');
    await run(
      'proj',
      'update-role-policy',
      '*',
      'remove',
      'sync',
      '--resource',
      'applications',
      '--dry-run=false',
    );
    expect(await policies()).toEqual([[], undefined]);
  });

  it('says what is missing', async () => {
    const { code, stderr } = await run(...words);
    expect(code).toBe(1);
    expect(stderr).toContain("--scope '*'");
  });
});

describe('admin proj generate-allow-list', () => {
  const role = (verbs: string, resources: string): string =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules:\n- {apiGroups: ["", apps], resources: [${resources}], verbs: [${verbs}]}\n`;

  it('lists the kinds of the cluster that a role lets one create', async () => {
    const path = await file('role.yaml', role('get, create', 'deployments, configmaps, namespaces'));
    const { stdout, stderr, code } = await run('proj', 'generate-allow-list', path, 'team');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('clusterResourceWhitelist:\n  - group: ""\n    kind: Namespace\n');
    expect(stdout).toContain('- group: ""\n    kind: ConfigMap\n  - group: apps\n    kind: Deployment\n');
  });

  it('warns of a list that would let the project deploy everything', async () => {
    const path = await file('reader.yaml', role('get, list', 'deployments'));
    const out = join(folder, 'project.yaml');
    const { stdout, stderr } = await run('proj', 'generate-allow-list', path, 'team', '-o', out);
    expect(stdout).toBe('');
    expect(stderr).toContain('may deploy every kind there');
    expect(await readFile(out, 'utf8')).toContain('spec: {}');
  });
});

describe('generated applications and projects', () => {
  const generate = (...words: readonly string[]) => runHere(['admin', ...words]);

  it('are changed in their file', async () => {
    const path = await file('app.yaml', apps.split('---\n')[1] ?? '');
    const outcome = await generate('app', 'generate-spec', '-f', path, '--revision', 'v2', '-i');
    expect(outcome, outcome.stderr).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(path, 'utf8')).toContain('targetRevision: v2');
    const project = await file('project.yaml', apps.split('---\n')[0] ?? '');
    const { stdout } = await generate(
      'proj',
      'generate-spec',
      '-f',
      project,
      '--description',
      'new',
      '-o',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { name: 'shop' },
      spec: { description: 'new', roles: [{ name: 'ci' }, { name: 'dev' }] },
    });
  });

  it('have the history limit that is asked for', async () => {
    const words = ['app', 'generate-spec', 'a', '--repo', 'https://git.example.com/a.git', '--path', 'a'];
    expect((await generate(...words)).stdout).not.toContain('revisionHistoryLimit');
    expect((await generate(...words, '--revision-history-limit', '3')).stdout).toContain(
      'revisionHistoryLimit: 3',
    );
  });

  it.each([
    [['app', 'generate-spec', 'a', '-i'], 20, '--inline needs a file'],
    [['app', 'generate-spec'], 1, 'Give the name of the application'],
    [['proj', 'generate-spec'], 1, 'A project needs a name.'],
    [['repo', 'generate-spec', 'https://charts.example.com', '--type', 'helm'], 20, '--name'],
  ])('%j is refused', async (words, code, message) => {
    const outcome = await generate(...words);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });

  it('a repository keeps its login, read from files', async () => {
    const key = await file('key', 'a private key\n');
    const url = 'git@git.example.com:a.git';
    const { stdout } = await generate(
      'repo',
      'generate-spec',
      url,
      '--ssh-private-key-path',
      key,
      '--depth',
      '3',
      '-o',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      stringData: { url, type: 'git', sshPrivateKey: 'a private key\n', depth: '3' },
    });
  });
});

describe('reconcile results', () => {
  it('are written, and what differs is shown', async () => {
    const [before, after] = [join(folder, 'before.yaml'), join(folder, 'after.yaml')];
    await run('app', 'get-reconcile-results', before, '--l', 'team=a');
    const text = await readFile(before, 'utf8');
    expect(text).toContain('name: web');
    expect(text).not.toContain('comparedTo');
    await writeFile(after, text.replace('Healthy', 'Degraded'));
    const same = await runHere(['admin', 'app', 'diff-reconcile-results', before, before]);
    expect(same).toEqual({ code: 0, stdout: '', stderr: '' });
    const { stdout } = await runHere(['admin', 'app', 'diff-reconcile-results', before, after]);
    expect(stdout).toContain(`===== ${installation.namespace}/web ======\n`);
    expect(stdout).toContain('<   status: Healthy\n---\n>   status: Degraded\n');
    expect((await run('app', 'get-reconcile-results', '-', '--l', 'team=b')).stdout).toBe(
      'applications: []\n',
    );
  });

  it('refuses a file that holds none', async () => {
    const path = await file('other.yaml', 'a: b\n');
    const { code, stderr } = await runHere(['admin', 'app', 'diff-reconcile-results', path, path]);
    expect(code).toBe(20);
    expect(stderr).toContain('holds no results');
  });
});
