import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYamlDocuments } from '@tiphys/yaml';
import { Installation } from '../../../testing/installation.ts';

const settings = `
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd}}
data: {accounts.alice: login, url: "https://argocd.example.com"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data: {policy.csv: "g, alice, role:readonly\\n"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-gpg-keys-cm}
data: {4AEE18F83AFDEB23: "a key"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-notifications-cm}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: something-else}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: argocd-secret}
stringData: {server.secretkey: sign-with-this}
---
apiVersion: v1
kind: Secret
metadata:
  name: repo-1
  labels: {argocd.argoproj.io/secret-type: repository, team: web}
stringData: {url: "https://git.example.com/a.git", password: pass-of-a-repo}
---
apiVersion: v1
kind: Secret
metadata: {name: of-somebody-else}
stringData: {token: not-ours}
`;

const declared = `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default}
spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  finalizers: [resources-finalizer.argocd.argoproj.io]
  annotations: {note: mine}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  source: {repoURL: "https://git.example.com/a.git", path: shop}
status:
  sync: {status: Synced, revision: "0123456789012345678901234567890123456789", comparedTo: {destination: {}, source: {repoURL: "https://git.example.com/a.git"}}}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators: [{list: {elements: [{name: a}]}}]
  template:
    metadata: {name: '{{name}}'}
    spec:
      project: default
      destination: {}
      source: {repoURL: "https://git.example.com/a.git", path: a}
`;

const app = 'argoproj.io/v1alpha1';
const names = (text: string): readonly string[] =>
  parseYamlDocuments(text, { file: 'export' })
    .filter((one) => one !== null)
    .map((one) => {
      const { kind, metadata } = one as { kind: string; metadata: { name: string } };
      return `${kind}/${metadata.name}`;
    });

let one: Installation;
let other: Installation;
let teams: Installation;
let folder: string;

beforeAll(async () => {
  one = await Installation.create('backup');
  other = await Installation.create('restored');
  teams = await Installation.create('team');
  folder = await mkdtemp(join(tmpdir(), 'tiphys-backup-'));
  await one.apply(settings);
  await one.apply(declared);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([one.remove(), other.remove(), teams.remove()]);
});

const exported = async (from: Installation, ...words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await from.run(['admin', 'export', ...words]);
  expect(code, stderr).toBe(0);
  return stdout;
};

describe('a backup', () => {
  it('has the state of the control plane, in the order in which it can be written, and nothing else', async () => {
    const text = await exported(one);
    expect(names(text)).toEqual([
      'ConfigMap/argocd-cm',
      'ConfigMap/argocd-rbac-cm',
      'ConfigMap/argocd-gpg-keys-cm',
      'Secret/argocd-secret',
      'Secret/repo-1',
      'AppProject/default',
      'Application/shop',
      'ApplicationSet/all',
    ]);
    expect(text).not.toMatch(/resourceVersion|uid:|managedFields|creationTimestamp|namespace: backup/);
    expect(text.endsWith('---\n')).toBe(true);
  });

  it('goes into a file that nobody else can read', async () => {
    const file = join(folder, 'backup.yaml');
    const outcome = await one.run(['admin', 'export', '-o', file]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(await exported(one));
  });

  it('restores another installation to the same state, and once more changes nothing', async () => {
    const backup = await exported(one);
    const first = await other.run(['admin', 'import', '-'], { stdin: backup });
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('/ConfigMap argocd-cm created\n');
    expect(first.stdout).toContain('argoproj.io/Application shop created\n');
    expect(first.stdout).toMatch(
      new RegExp(`^import process started ${other.namespace}\n[^]*\nImport process completed`),
    );
    expect(first.stdout + first.stderr).not.toMatch(/pass-of-a-repo|sign-with-this/);
    expect(await exported(other)).toBe(backup);
    const again = await other.run(['admin', 'import', '-', '--prune'], { stdin: backup });
    expect(again.stdout.split('\n')).toHaveLength(3);
  });

  it('is compared without writing in a dry run', async () => {
    const backup = (await exported(one)).replace('note: mine', 'note: theirs');
    const before = await exported(one);
    const { stdout } = await one.run(['admin', 'import', '-', '--dry-run', '--verbose'], { stdin: backup });
    expect(stdout).toContain('argoproj.io/Application shop updated (dry run)\n');
    expect(stdout).toContain('argoproj.io/AppProject default unchanged (dry run)\n');
    expect(await exported(one)).toBe(before);
  });

  it('takes back what changed since, also keys and marks that came', async () => {
    const backup = await exported(one);
    await one.apply(`
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd, more: "yes"}}
data: {accounts.alice: login, url: "https://argocd.example.com", dex.config: changed}
`);
    const { stdout } = await one.run(['admin', 'import', '-'], { stdin: backup });
    expect(stdout).toContain('/ConfigMap argocd-cm updated\n');
    expect(await exported(one)).toBe(backup);
  });
});

describe('what the backup does not have', () => {
  const extra = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: extra, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  source: {repoURL: "https://git.example.com/a.git", path: extra}
---
apiVersion: v1
kind: Secret
metadata: {name: repo-extra, labels: {argocd.argoproj.io/secret-type: repository, keep: "yes"}}
stringData: {url: "https://git.example.com/b.git"}
`;

  it('is named, and goes when asked for: an application without what it deployed, others not', async () => {
    const backup = await exported(one);
    await one.apply(extra);
    const named = await one.run(['admin', 'import', '-'], { stdin: backup });
    expect(named.stdout).toContain('argoproj.io/Application extra needs pruning\n');
    const dry = await one.run(['admin', 'import', '-', '--prune', '--dry-run'], { stdin: backup });
    expect(dry.stdout).toContain('/Secret repo-extra pruned (dry run)\n');
    expect(await one.find('Application', 'extra', app)).toBeDefined();
    const skipped = await one.run(
      ['admin', 'import', '-', '--prune', '--skip-resources-with-label', 'keep=yes'],
      { stdin: backup },
    );
    expect(skipped.stdout).toContain('argoproj.io/Application extra pruned\n');
    expect(skipped.stdout).not.toContain('repo-extra');
    expect(await one.find('Application', 'extra', app)).toBeUndefined();
    expect(await one.find('Secret', 'repo-extra')).toBeDefined();
    await one.run(['admin', 'import', '-', '--prune'], { stdin: backup });
    expect(await exported(one)).toBe(backup);
    expect(await one.find('ConfigMap', 'something-else')).toBeDefined();
    expect(await one.find('Secret', 'of-somebody-else')).toBeDefined();
  });

  it('is left alone where it may come with the installation', async () => {
    const all = await exported(one);
    const backup = all
      .split('---\n')
      .filter((document) => !document.includes('argocd-gpg-keys-cm'))
      .join('---\n');
    const { stdout } = await one.run(['admin', 'import', '-', '--prune'], { stdin: backup });
    expect(stdout).not.toContain('argocd-gpg-keys-cm');
    expect(await exported(one)).toBe(all);
  });
});

describe('an operation', () => {
  it('goes on, unless it is to stop', async () => {
    const backup = await exported(one);
    const operation = { sync: { revision: 'main' } };
    await one.kube.request(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${one.namespace}/applications/shop`,
      { operation },
      'application/merge-patch+json',
    );
    const found = (): Promise<{ operation?: unknown } | undefined> => one.find('Application', 'shop', app);
    await one.run(['admin', 'import', '-'], { stdin: backup });
    expect((await found())?.operation).toEqual(operation);
    const { stdout } = await one.run(['admin', 'import', '-', '--stop-operation'], { stdin: backup });
    expect(stdout).toContain('argoproj.io/Application shop updated\n');
    expect((await found())?.operation).toBeUndefined();
  });
});

describe('tracking marks', () => {
  it('are those of the backup, unless they are to be ignored', async () => {
    const backup = (await exported(one)).replace(
      'note: mine',
      'argocd.argoproj.io/tracking-id: parent:argoproj.io/Application:old/shop\n    note: mine',
    );
    const mark = (id: string) =>
      one.kube.request(
        'PATCH',
        `/apis/argoproj.io/v1alpha1/namespaces/${one.namespace}/applications/shop`,
        { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': id } } },
        'application/merge-patch+json',
      );
    const live = async (): Promise<string | undefined> =>
      (await one.find<{ metadata: { annotations: Record<string, string> } }>('Application', 'shop', app))
        ?.metadata.annotations['argocd.argoproj.io/tracking-id'];
    await mark('parent:argoproj.io/Application:new/shop');
    await one.run(['admin', 'import', '-', '--ignore-tracking'], { stdin: backup });
    expect(await live()).toBe('parent:argoproj.io/Application:new/shop');
    await one.run(['admin', 'import', '-'], { stdin: backup });
    expect(await live()).toBe('parent:argoproj.io/Application:old/shop');
  });
});

describe('applications of teams', () => {
  it('are part of a backup where their namespaces are named, by a flag or by the control plane', async () => {
    await teams.apply(declared.split('---\n')[1] ?? '');
    expect(names(await exported(one))).toHaveLength(8);
    const text = await exported(one, '--application-namespaces', `nowhere,${teams.namespace.slice(0, -2)}*`);
    expect(names(text)).toHaveLength(9);
    expect(text).toContain(`namespace: ${teams.namespace}`);
    await one.apply(`
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cmd-params-cm}
data: {application.namespaces: "${teams.namespace}"}
`);
    expect(await exported(one)).toBe(text);
    await teams.kube.remove({ apiVersion: app, kind: 'Application', name: 'shop', namespace: one.namespace });
  });
});

describe('what is no backup', () => {
  it.each([
    ['apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n', 'a apps/v1 Deployment is no part'],
    ['apiVersion: v1\nkind: Secret\nmetadata: {}\n', 'the Secret has no name'],
    [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: kube-system}\n',
      'belongs into that of the control plane',
    ],
    ['just text', 'is not a Kubernetes object'],
  ])('%j is refused before anything is written', async (text, message) => {
    const backup = `${await exported(other)}${text}`;
    const before = await exported(other);
    const { code, stdout, stderr } = await other.run(['admin', 'import', '-'], {
      stdin: backup.replace('accounts.alice: login', 'accounts.alice: apiKey'),
    });
    expect({ code, stdout }).toEqual({ code: 20, stdout: '' });
    expect(stderr).toContain(message);
    expect(await exported(other)).toBe(before);
  });

  it('a file that is not there is named', async () => {
    const { code, stderr } = await other.run(['admin', 'import', '/no/such/file']);
    expect(code).toBe(20);
    expect(stderr).toContain('/no/such/file');
  });
});
