import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations, finalizers, labels, type Application, type KubeObject } from '@tiphys/model';
import { auditLog, givenTiphys, type AuditLog } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { startTcpProxy, type TcpProxy } from '@tiphys/testing/tcp-proxy';
import { deploymentOf, jobOf, mapOf, yaml } from '../manifests/index.ts';

const MERGE = 'application/merge-patch+json';
const HELD = 'example.com/hold';
const anything = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let audit: AuditLog;

beforeAll(async () => {
  audit = await auditLog();
  tiphys = await givenTiphys({ kube: { auditLogPath: audit.path }, env: { ARGOCD_SYNC_WAVE_DELAY: '0' } });
});

afterAll(async () => {
  await tiphys.close();
  await audit.remove();
});

interface How {
  readonly objects: readonly object[];
  /** Finalizers of the Application; default: delete with cascade, in the foreground. */
  readonly held?: readonly string[];
  readonly project?: string;
  readonly destination?: Partial<Application['spec']['destination']>;
}

/** An Application that is deployed. */
async function given(name: string, { objects, held = [finalizers.resources], ...spec }: How): Promise<void> {
  const repoURL = await tiphys.repository(name, { 'all.yaml': yaml(...objects) });
  await tiphys.deployed(name, { source: { repoURL, path: '.', targetRevision: 'main' }, ...spec });
  const { metadata } = (await tiphys.app(name)) ?? {};
  const hooks = (metadata?.finalizers ?? []).filter((each) => each !== finalizers.resources);
  await tiphys.patch(name, { metadata: { finalizers: [...held, ...hooks] } });
}

const job = (name: string): Promise<KubeObject | undefined> => tiphys.live('batch/v1', 'Job', name);

const hook = (name: string, type: string, marks: Record<string, string> = {}): object =>
  jobOf({ name, marks: { hook: type, ...marks } });

/** What was done in a namespace for an Application's deletion, in order. */
const doneFor = async (app: string, verbs?: readonly string[]): Promise<readonly string[]> =>
  (await audit.ofController(tiphys.target, verbs)).filter((line) => line.includes(`/${app}-`));

const said = (name: string, message: RegExp): Promise<Application> =>
  tiphys.hasCondition(name, 'DeletionError', message, 45_000);

/** Lets go what a scenario held. */
const release = (path: string): Promise<unknown> =>
  tiphys.kube.request('PATCH', path, { metadata: { finalizers: null } }, MERGE);

async function podsOf(app: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${tiphys.target}/pods`;
  const { items } = await tiphys.kube.request<{ items: { metadata: { name: string } }[] }>('GET', path);
  return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(`${app}-`));
}

describe('deletion with cascade', () => {
  it('Given objects in waves, When it is deleted, Then the last wave goes first, and what is kept stays', async () => {
    const kept = (name: string, marks: Record<string, string>): object => mapOf(name, '1', { marks });
    await given('order', {
      objects: [
        mapOf('order-a'),
        mapOf('order-b', '1', { marks: { 'sync-wave': '1' } }),
        mapOf('order-c', '1', { marks: { 'sync-wave': '2' } }),
        kept('order-kept', { 'sync-options': 'Delete=false' }),
        kept('order-helm', { 'helm.sh/resource-policy': 'keep' }),
      ],
    });
    await tiphys.deleteApplication('order');
    await tiphys.isGone('order');
    expect(await doneFor('order', ['delete'])).toEqual([
      'delete configmaps/order-c',
      'delete configmaps/order-b',
      'delete configmaps/order-a',
    ]);
    expect(await tiphys.data('order-kept')).toEqual({ v: '1' });
    expect(await tiphys.data('order-helm')).toEqual({ v: '1' });
  });

  it('Given a policy, Then it waits for all that comes of its objects, or for the objects, or leaves them', async () => {
    const web = (name: string): object => {
      const made = deploymentOf({ name: `${name}-web` }) as { spec: { template: { metadata: object } } };
      Object.assign(made.spec.template.metadata, { finalizers: [HELD] });
      return made;
    };
    const policies = {
      foreground: [finalizers.resources],
      background: [finalizers.resourcesBackground],
      orphan: [],
    };
    const names = Object.keys(policies) as (keyof typeof policies)[];
    await Promise.all(names.map((name) => given(name, { objects: [web(name)], held: policies[name] })));
    for (const name of names) await tiphys.deleteApplication(name);
    await Promise.all([tiphys.isGone('background'), tiphys.isGone('orphan')]);
    for (const name of names) expect(await podsOf(name)).toHaveLength(1);
    expect(await tiphys.live('apps/v1', 'Deployment', 'background-web')).toBeUndefined();
    const { metadata } = (await tiphys.live('apps/v1', 'Deployment', 'orphan-web')) ?? {};
    expect(metadata).toBeDefined();
    expect(metadata?.deletionTimestamp).toBeUndefined();
    expect(await tiphys.app('foreground')).toBeDefined();

    const [pod = ''] = await podsOf('foreground');
    await release(`/api/v1/namespaces/${tiphys.target}/pods/${pod}`);
    await tiphys.isGone('foreground');
    expect(await podsOf('foreground')).toEqual([]);
    await tiphys.kube.remove({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'orphan-web',
      namespace: tiphys.target,
    });
    for (const name of ['background', 'orphan'])
      for (const left of await podsOf(name))
        await release(`/api/v1/namespaces/${tiphys.target}/pods/${left}`);
  });

  it('Given what nobody lets go or approves of, Then a condition tells, and it ends once that is done', async () => {
    await given('held', { objects: [mapOf('held-own', '1', { finalizers: [HELD] })] });
    await given('careful', {
      objects: [
        mapOf('careful-own', '1', { marks: { 'sync-options': 'Delete=confirm' } }),
        mapOf('careful-other'),
      ],
    });
    for (const name of ['held', 'careful']) await tiphys.deleteApplication(name);
    await said('held', /waiting for deletion: ConfigMap \S+\/held-own \(finalizers example\.com\/hold\)/);
    const { metadata } = await said(
      'careful',
      /waiting for confirmation to delete ConfigMap \S+\/careful-own/,
    );
    for (const name of ['careful-own', 'careful-other']) expect(await tiphys.data(name)).toEqual({ v: '1' });

    await release(`/api/v1/namespaces/${tiphys.target}/configmaps/held-own`);
    await tiphys.patch('careful', {
      metadata: { annotations: { [annotations.deletionApproved]: metadata.deletionTimestamp } },
    });
    await Promise.all([tiphys.isGone('held'), tiphys.isGone('careful')]);
    for (const name of ['held-own', 'careful-own', 'careful-other'])
      expect(await tiphys.data(name)).toBeUndefined();
  });
});

describe('hooks of a deletion', () => {
  it('Given hooks before and after, When it is deleted, Then they run once around it, and go as they say', async () => {
    await given('around', {
      objects: [
        mapOf('around-own'),
        hook('around-before-2', 'PreDelete', { 'sync-wave': '2' }),
        hook('around-before-1', 'PreDelete', { 'sync-wave': '1', 'hook-delete-policy': 'HookSucceeded' }),
        hook('around-after', 'PostDelete', { 'hook-delete-policy': 'HookFailed' }),
        jobOf({
          generateName: 'around-helm-',
          marks: { 'helm.sh/hook': 'post-delete', 'helm.sh/hook-delete-policy': 'hook-succeeded' },
        }),
      ],
    });
    expect(await doneFor('around')).toEqual(['create configmaps/around-own']);
    await tiphys.eventually('around', 'is held for its hooks', ({ metadata }) =>
      [finalizers.preDelete, finalizers.postDelete].every((name) => metadata.finalizers?.includes(name)),
    );
    await tiphys.deleteApplication('around');
    await tiphys.isGone('around', 45_000);
    const done = await doneFor('around');
    expect(done.slice(1, 6)).toEqual([
      'create jobs/around-before-1',
      'create jobs/around-before-2',
      'delete jobs/around-before-2',
      'delete jobs/around-before-1',
      'delete configmaps/around-own',
    ]);
    expect(done.slice(6, 8).sort()).toEqual([
      'create jobs/around-after',
      expect.stringMatching(/^create jobs\/around-helm-[0-9a-f-]{7}-postdelete-\d+$/),
    ]);
    await poll(async () => (await job('around-before-1')) === undefined, { what: 'the first hook is gone' });
    await poll(async () => (await job('around-before-2')) === undefined, { what: 'the second hook is gone' });
    const kept = await job('around-after');
    expect(kept).toBeDefined();
    expect(kept?.metadata.finalizers ?? []).not.toContain(finalizers.hook);
  });

  it('Given a hook that fails, Then nothing is deleted, it is told, and a mended one lets it go on', async () => {
    const own = mapOf('mended-own');
    const bad = jobOf({ name: 'mended-hook', fate: 'fail', marks: { hook: 'PreDelete' } });
    await given('mended', { objects: [own, bad] });
    await tiphys.deleteApplication('mended');
    await said('mended', /PreDelete hook batch\/Job \S+\/mended-hook failed/);
    expect(await tiphys.data('mended-own')).toEqual({ v: '1' });

    await tiphys.git.commit('mended', { 'all.yaml': yaml(own, hook('mended-hook', 'PreDelete')) }, 'mend');
    const ref = { apiVersion: 'batch/v1', kind: 'Job', name: 'mended-hook', namespace: tiphys.target };
    await tiphys.kube.remove(ref);
    await tiphys.isGone('mended', 45_000);
    expect(await tiphys.data('mended-own')).toBeUndefined();
  });

  it('Given a project that forbids a hook, Then none is made, it is told, and it goes on once allowed', async () => {
    const namespaceResourceBlacklist = [{ group: 'batch', kind: 'Job' }];
    await tiphys.project('jobless', { ...anything, namespaceResourceBlacklist });
    const permitted = mapOf('jobless-note', '1', { marks: { hook: 'PreDelete' } });
    await given('jobless', {
      project: 'jobless',
      objects: [mapOf('jobless-own'), permitted, hook('jobless-hook', 'PreDelete')],
    });
    await tiphys.deleteApplication('jobless');
    await said(
      'jobless',
      /PreDelete hook batch\/Job \S+\/jobless-hook: resource batch:Job is not permitted in project jobless/,
    );
    expect(await doneFor('jobless')).toEqual(['create configmaps/jobless-own']);

    await tiphys.project('jobless', { ...anything, namespaceResourceBlacklist: [] });
    await tiphys.isGone('jobless', 45_000);
    expect(await doneFor('jobless')).toContain('create jobs/jobless-hook');
  });
});

describe('an Application whose cluster is away', () => {
  let link: TcpProxy;

  beforeAll(async () => {
    const { kube } = tiphys;
    link = await startTcpProxy(Number(new URL(kube.apiUrl).port));
    await kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'far-manager' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'far', namespace: 'kube-system' }],
    } as never);
    const bearerToken = await kube.createServiceAccountToken('kube-system', 'far');
    const caData = Buffer.from(kube.caPem).toString('base64');
    await tiphys.secret(
      'far',
      { [labels.secretType]: 'cluster' },
      {
        name: 'far',
        server: `https://127.0.0.1:${link.port}`,
        config: JSON.stringify({ bearerToken, tlsClientConfig: { caData } }),
      },
    );
  });

  afterAll(() => link.close());

  it('Given that it does not answer, Then a condition tells; When its secret is removed, Then it can go', async () => {
    await given('far', { objects: [mapOf('far-own')], destination: { name: 'far' } });
    await tiphys.patch('far', { metadata: { finalizers: [finalizers.resources, HELD] } });
    link.cut();
    await tiphys.deleteApplication('far');
    await said('far', /failed to get cluster info for|127\.0\.0\.1/);
    await tiphys.kube.remove({
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'far',
      namespace: tiphys.system.namespace,
    });
    await tiphys.eventually('far', 'is let go', ({ metadata }) => metadata.finalizers?.join() === HELD);
    await tiphys.patch('far', { metadata: { finalizers: null } });
    await tiphys.isGone('far');
    expect(await tiphys.data('far-own')).toEqual({ v: '1' });
  });
});
