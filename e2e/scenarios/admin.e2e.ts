import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { Cli, type Outcome } from '../../cli/src/testing/run-cli.ts';

type Tiphys = Awaited<ReturnType<typeof givenTiphys>>;

let one: Tiphys | undefined;
let other: Tiphys | undefined;
let cli: Cli;
let repoURL: string;

const values = { notifications: { enabled: false } };

beforeAll(async () => {
  cli = await Cli.create();
  const starts = await Promise.allSettled([
    givenTiphys({ values }).then((tiphys) => (one = tiphys)),
    givenTiphys({ values }).then((tiphys) => (other = tiphys)),
  ]);
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
  const { target } = given(one);
  await given(other).kube.request('POST', '/api/v1/namespaces', { metadata: { name: target } });
  repoURL = await given(one).repository('shop', { 'all.yaml': configMap('shop', '1') });
  await given(one).project('shop', {
    sourceRepos: [repoURL],
    destinations: [{ server: '*', namespace: target }],
    roles: [{ name: 'ci', policies: ['p, proj:shop:ci, applications, sync, shop/*, allow'] }],
  });
  await given(one).secret(
    'shop-repository',
    { 'argocd.argoproj.io/secret-type': 'repository' },
    { url: repoURL, project: 'shop', password: 'pass-of-the-repository' },
  );
  await given(one).setting('argocd-cm', { 'accounts.alice': 'login' });
  await given(one).deployed('shop', {
    project: 'shop',
    source: { repoURL, path: '.', targetRevision: 'main' },
  });
});

afterAll(async () => {
  await Promise.all([one?.close(), other?.close()]);
  await cli.remove();
});

function given(tiphys: Tiphys | undefined): Tiphys {
  if (tiphys === undefined) throw new Error('the installation did not start');
  return tiphys;
}

async function admin(
  { kube, system }: Tiphys,
  words: readonly string[],
  options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const outcome = await cli.run(['admin', ...words, '-n', system.namespace], {
    ...options,
    env: { KUBECONFIG: kube.kubeconfigPath, ...options.env },
  });
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

const exported = async (tiphys: Tiphys): Promise<string> => (await admin(tiphys, ['export'])).stdout;

/** A backup without what controllers and servers write by themselves. */
const intent = (backup: string): readonly string[] =>
  backup
    .split('---\n')
    .filter((document) => !document.includes('name: argocd-cmd-params-cm'))
    .map((document) => document.replace(/^status:\n(?: .*\n|-.*\n)*/m, ''));

describe('a backup', () => {
  it('Given a running installation, When it is exported and imported into another one, Then that one has the same state and deploys the same', async () => {
    const password = (await admin(given(one), ['initial-password', 'reset'])).stdout.trim();
    const backup = await exported(given(one));
    const { stdout, stderr } = await admin(given(other), ['import', '-', '--prune'], { stdin: backup });
    expect(stdout + stderr).not.toContain('pass-of-the-repository');
    expect(intent(await exported(given(other)))).toEqual(intent(backup));
    await given(other).becomesLive('shop', { v: '1' }, given(one).target);
    await given(other).becomesSynced('shop');
    const { rest } = given(other);
    const session = await poll(() => rest.login('admin', password).catch(() => undefined), {
      what: 'the password of the first installation opens the second',
      timeoutMs: 30_000,
    });
    expect(await session.call('GET', '/api/v1/applications/shop')).toMatchObject({
      metadata: { name: 'shop' },
    });
  });

  it('Given that all was lost, When the backup is imported, Then it is back and what was deployed was never touched', async () => {
    const tiphys = given(one);
    const { kube, system, target } = tiphys;
    const backup = await exported(tiphys);
    const uidOf = async (): Promise<string | undefined> =>
      (await tiphys.live<{ metadata: { uid: string } }>('v1', 'ConfigMap', 'shop'))?.metadata.uid;
    const uid = await uidOf();
    await tiphys.patch('shop', { metadata: { finalizers: null } });
    await tiphys.deleteApplication('shop');
    await tiphys.isGone('shop');
    const own = (kind: string, name: string, apiVersion: string) =>
      kube.remove({ apiVersion, kind, name, namespace: system.namespace });
    await own('AppProject', 'shop', 'argoproj.io/v1alpha1');
    await own('Secret', 'shop-repository', 'v1');
    await tiphys.setting('argocd-cm', { 'accounts.alice': null });

    await admin(tiphys, ['import', '-'], { stdin: backup });
    expect(intent(await exported(tiphys))).toEqual(intent(backup));
    await tiphys.refresh('shop');
    await tiphys.eventually(
      'shop',
      'was compared anew',
      ({ metadata, status }) =>
        metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined &&
        status?.sync?.status === 'Synced',
    );
    expect(await uidOf()).toBe(uid);
    expect(await tiphys.data('shop', target)).toEqual({ v: '1' });
  });
});

describe('the other commands for administrators', () => {
  it('Given a running installation, When its clusters are asked for, Then they are told as its controller sees them', async () => {
    const tiphys = given(one);
    const REDIS_SERVER = tiphys.system.runner.portOf('argocd-redis', 'redis');
    await poll(
      async () => {
        const { stdout } = await admin(tiphys, ['cluster', 'stats'], { env: { REDIS_SERVER } });
        return /^https:\/\/kubernetes\.default\.svc +0 +Successful +1 +1 +[1-9]\d*$/m.test(stdout);
      },
      { what: 'the controller tells of its cluster', timeoutMs: 60_000 },
    );
  });

  it('Given a running installation, When its settings and policy are checked, Then they are found good', async () => {
    const { stdout } = await admin(given(one), ['settings', 'validate', '--load-cluster-settings']);
    expect(stdout).not.toContain('❌');
    const may = await admin(given(one), ['settings', 'rbac', 'can', 'admin', 'delete', 'app', 'shop/shop']);
    expect(may.stdout).toBe('Yes\n');
  });

  it('Given a lost password, When it is reset, Then the new one opens the session', async () => {
    const tiphys = given(one);
    const password = (await admin(tiphys, ['initial-password', 'reset'])).stdout.trim();
    const session = await poll(() => tiphys.rest.login('admin', password).catch(() => undefined), {
      what: 'the new password counts',
      timeoutMs: 30_000,
    });
    expect(await session.call('GET', '/api/v1/session/userinfo')).toMatchObject({ username: 'admin' });
  });
});
