import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys, openShell, type Shell } from '@tiphys/testing/given';
import { startKubelet, type Kubelet } from '@tiphys/testing/kubelet';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let shell: Shell;
let core: Shell;
let kubelet: Kubelet;

beforeAll(async () => {
  tiphys = await givenTiphys({ env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m' } });
  kubelet = await startKubelet();
  shell = await openShell();
  core = await openShell({
    KUBECONFIG: tiphys.kube.kubeconfigPath,
    ARGOCD_NAMESPACE: tiphys.system.namespace,
  });
});

afterAll(async () => {
  await core.close();
  await shell.close();
  await kubelet.close();
  await tiphys.close();
});

const address = (): string => tiphys.system.apiUrl.replace(/^https?:\/\//, '');

const logIn = (): Promise<string> =>
  shell.must(
    ...['login', address(), '--plaintext', '--username', 'admin'],
    ...['--password', tiphys.system.adminPassword, '--name', 'here'],
  );

/** Creates an application of a new repository, anew where an earlier try left one. */
async function create(name: string): Promise<void> {
  const repoURL = await tiphys.repository(name, { 'all.yaml': configMap(name, '1') });
  await shell.run('app', 'delete', name, '-y', '--wait');
  const created = await shell.must(
    ...['app', 'create', name, '--repo', repoURL, '--path', '.', '--revision', 'main'],
    ...['--dest-server', 'https://kubernetes.default.svc', '--dest-namespace', tiphys.target],
  );
  expect(created).toBe(`application '${name}' created\n`);
}

/** Lets a port of the pods of a workload, which run as processes here, be forwarded. */
async function reachable(workload: string, port: number): Promise<void> {
  const { namespace, runner } = tiphys.system;
  const local = Number(runner.portOf(workload, port).split(':')[1]);
  interface Pods {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly nodeName: string };
    }[];
  }
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/name=${workload}`;
  const { items } = await tiphys.kube.request<Pods>('GET', path);
  for (const { metadata, spec } of items) {
    kubelet.listen({ namespace, name: metadata.name, port }, local);
    await kubelet.register(tiphys.kube, spec.nodeName);
  }
}

describe("a user's day with the CLI", () => {
  it('Given a login, When an application is created, synced, changed, rolled back and deleted, Then each command does and tells just that', async () => {
    expect(await logIn()).toBe("'admin:login' logged in successfully\nContext 'here' updated\n");
    await create('day');
    expect(await tiphys.data('day')).toBeUndefined();

    const synced = await shell.must('app', 'sync', 'day', '--timeout', '60');
    expect(synced).toMatch(/Phase:\s+Succeeded/);
    expect(await tiphys.data('day')).toEqual({ v: '1' });
    await shell.must('app', 'wait', 'day', '--sync', '--health', '--timeout', '60');

    await tiphys.git.commit('day', { 'all.yaml': configMap('day', '2') }, 'Two', { branch: 'next' });
    await shell.must('app', 'set', 'day', '--revision', 'next', '--sync-option', 'CreateNamespace=true');
    const set = JSON.parse(await shell.must('app', 'get', 'day', '-o', 'json')) as { spec: object };
    expect(set.spec).toMatchObject({
      source: { targetRevision: 'next' },
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
    });
    const drift = await shell.run('app', 'diff', 'day', '--refresh');
    expect(drift.code).toBe(1);
    expect(drift.stdout).toContain('+  v: "2"');
    await shell.must('app', 'sync', 'day', '--timeout', '60');
    expect(await tiphys.data('day')).toEqual({ v: '2' });

    const history = await shell.must('app', 'history', 'day', '-o', 'id');
    expect(history.trim().split('\n')).toEqual(['0', '1']);
    await shell.must('app', 'rollback', 'day', '0', '--timeout', '60');
    expect(await tiphys.data('day')).toEqual({ v: '1' });

    await shell.must('app', 'delete', 'day', '-y', '--wait');
    await tiphys.isGone('day');
    expect(await tiphys.data('day')).toBeUndefined();
  });

  it('Given a script, When commands fail, Then their exit codes and outputs are those that scripts rely on', async () => {
    await logIn();
    await create('script');
    const outcomes = await Promise.all([
      shell.run('app', 'get', 'nosuch'),
      shell.run('app', 'list', '--auth-token', 'not.a.token'),
      shell.run('app', 'list', '--nope'),
      shell.run('app', 'wait', 'script', '--sync', '--timeout', '2'),
      shell.run('app', 'list', '-o', 'name'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([20, 20, 1, 20, 0]);
    expect(outcomes[4]?.stdout).toContain(`${tiphys.system.namespace}/script\n`);
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain('\u001b');
  });

  it('Given nothing but a kubeconfig, When the CLI works without a server, Then the control plane does what it asks', async () => {
    await logIn();
    await create('bare');
    await reachable('argocd-repo-server', 8081);
    await core.must('app', 'sync', 'bare', '--core', '--timeout', '60');
    expect(await tiphys.data('bare')).toEqual({ v: '1' });
    const app = await tiphys.app('bare');
    expect(app?.status?.operationState?.operation.initiatedBy?.username).not.toBe('admin');
    expect(await core.must('app', 'list', '--core', '-o', 'name')).toContain('/bare\n');
  });
});
