import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, editData, givenTiphys, service, sourceOf } from '@tiphys/testing/given';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { poll } from '@tiphys/testing/processes';
import { webChart } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let charts: HelmRepo;

const quiet = { 'timeout.reconciliation': '30m', 'timeout.reconciliation.jitter': '0s' };

beforeAll(async () => {
  // Nobody looks by the clock, so that every look has its reason.
  const values = { config: { cm: quiet } };
  [tiphys, charts] = await Promise.all([givenTiphys({ values }), startHelmRepo()]);
});

afterAll(async () => {
  await charts.close();
  await tiphys.close();
});

const automated = (policy: object = {}, more: object = {}): object => ({ automated: policy, ...more });

/** An automated Application of these files, as its policy says. */
async function given(
  name: string,
  syncPolicy: object,
  files?: Readonly<Record<string, string>>,
): Promise<void> {
  await tiphys.application(name, { source: await sourceOf(tiphys, name, files), syncPolicy });
}

/** Commits, asks for a look and waits until it was made. */
async function commit(name: string, files: Readonly<Record<string, string | null>>): Promise<string> {
  const revision = await tiphys.git.commit(name, files, 'change');
  await look(name);
  return revision;
}

async function look(name: string, how?: 'hard'): Promise<Application> {
  await tiphys.refresh(name, how);
  return tiphys.eventually(
    name,
    'was looked at',
    ({ metadata }) => metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
  );
}

const isAt =
  (revision: string, code: string) =>
  ({ status, operation }: Application) =>
    operation === undefined && status?.sync?.revision === revision && status.sync.status === code;

const startedAt = ({ status }: Application): string | undefined => status?.operationState?.startedAt;

describe('automated sync', () => {
  it('Given it is on without prune, When git drops an object, Then that stays until prune is on', async () => {
    await given('careful', automated(), {
      'a.yaml': configMap('careful-a', '1'),
      'b.yaml': configMap('careful-b', '1'),
    });
    const first = await tiphys.becomesSynced('careful');
    expect(first.status?.operationState?.operation).toMatchObject({
      initiatedBy: { automated: true },
      retry: { limit: 5 },
    });
    const revision = await commit('careful', { 'b.yaml': null });
    const app = await tiphys.eventually('careful', 'is OutOfSync', isAt(revision, 'OutOfSync'));
    expect(startedAt(app)).toBe(startedAt(first));
    expect(await tiphys.data('careful-b')).toEqual({ v: '1' });
    await tiphys.patch('careful', { spec: { syncPolicy: automated({ prune: true }) } });
    await tiphys.becomesLive('careful-b', undefined);
    await tiphys.becomesSynced('careful');
  });

  it('Given enabled: false, When there is something to sync, Then nothing happens until it is true', async () => {
    await given('paused', automated({ enabled: false, prune: true, selfHeal: true }));
    const app = await tiphys.eventually(
      'paused',
      'is OutOfSync',
      ({ status }) => status?.sync?.status === 'OutOfSync',
    );
    expect(app.operation).toBeUndefined();
    expect((await look('paused')).status?.operationState).toBeUndefined();
    expect(await tiphys.data('paused')).toBeUndefined();
    await tiphys.patch('paused', { spec: { syncPolicy: automated({ enabled: true }) } });
    await tiphys.becomesSynced('paused');
  });

  it('Given all objects were dropped, When pruning would leave nothing, Then allowEmpty decides', async () => {
    await given('wiped', automated({ prune: true }), { 'a.yaml': configMap('wiped', '1'), 'README.md': '' });
    await tiphys.becomesSynced('wiped');
    await commit('wiped', { 'a.yaml': null });
    await tiphys.hasCondition('wiped', 'SyncError', /auto-sync will wipe out all resources/u);
    expect(await tiphys.data('wiped')).toEqual({ v: '1' });
    await tiphys.patch('wiped', { spec: { syncPolicy: automated({ prune: true, allowEmpty: true }) } });
    await tiphys.becomesLive('wiped', undefined);
    const app = await tiphys.becomesSynced('wiped');
    expect(app.status?.conditions).toBeUndefined();
  });
});

describe('self-heal', () => {
  it('Given it is off, When somebody changes an object, Then the drift is shown and stays until it is on', async () => {
    await given('drifting', automated());
    const first = await tiphys.becomesSynced('drifting');
    await editData(tiphys, 'drifting', { v: 'mine' });
    const app = await tiphys.eventually(
      'drifting',
      'drifted',
      ({ status }) => status?.sync?.status === 'OutOfSync',
    );
    expect(startedAt(app)).toBe(startedAt(first));
    expect(startedAt(await look('drifting'))).toBe(startedAt(first));
    expect(await tiphys.data('drifting')).toEqual({ v: 'mine' });
    await tiphys.patch('drifting', { spec: { syncPolicy: automated({ selfHeal: true }) } });
    await tiphys.becomesLive('drifting', { v: '1' });
  });

  it('Given it is on, When an object is changed again and again, Then only what drifted is healed, each time later', async () => {
    const files = { 'a.yaml': configMap('healed-a', '1'), 'b.yaml': configMap('healed-b', '1') };
    await given('healed', automated({ selfHeal: true }), files);
    await tiphys.becomesSynced('healed');
    const heal = async (attempts: number): Promise<number> => {
      await editData(tiphys, 'healed-a', { v: `mine ${attempts}` });
      const from = performance.now();
      await tiphys.becomesLive('healed-a', { v: '1' });
      const took = performance.now() - from;
      const app = await tiphys.becomesSynced('healed');
      expect(app.status?.operationState?.operation.sync).toMatchObject({
        autoHealAttemptsCount: attempts,
        resources: [{ kind: 'ConfigMap', name: 'healed-a' }],
      });
      return took;
    };
    await heal(1);
    // Times are kept in whole seconds: 2 s may be a little more than 1, and 6 more than 5.
    expect(await heal(2)).toBeGreaterThan(900);
    expect(await heal(3)).toBeGreaterThan(4_500);
    await commit('healed', { 'a.yaml': configMap('healed-a', '2') });
    await tiphys.becomesLive('healed-a', { v: '2' });
    const app = await tiphys.becomesSynced('healed');
    expect(app.status?.operationState?.operation.sync?.autoHealAttemptsCount).toBeUndefined();
  });
});

describe('a revision that cannot be synced', () => {
  const retry = { limit: 2, backoff: { duration: '1s', factor: 1 } };

  it('Given a limit of retries, When they are spent, Then it is not tried again until git or the spec change', async () => {
    await given('failing', automated({}, { retry }), { 'a.yaml': service('failing', 99_999) });
    const failed = await tiphys.eventually(
      'failing',
      'has failed',
      ({ status, operation }) => operation === undefined && status?.operationState?.phase === 'Failed',
    );
    expect(failed.status?.operationState).toMatchObject({
      retryCount: 2,
      message: expect.stringContaining('(retried 2 times).') as string,
    });
    await tiphys.hasCondition(
      'failing',
      'SyncError',
      /Failed last sync attempt to \[[0-9a-f]{40}\]: .*99999/u,
    );
    for (const how of [undefined, 'hard'] as const)
      expect(startedAt(await look('failing', how))).toBe(startedAt(failed));

    // Other parameters of the same revision are another try.
    await tiphys.patch('failing', { spec: { source: { directory: { recurse: true } } } });
    await tiphys.eventually('failing', 'was tried again', (app) => startedAt(app) !== startedAt(failed));
    await commit('failing', { 'a.yaml': service('failing', 80) });
    const app = await tiphys.becomesSynced('failing');
    expect(app.status?.conditions).toBeUndefined();
  });
});

describe('looks', () => {
  it('Given skip-reconcile, When there are commits and refreshes, Then nothing happens until it is gone', async () => {
    await given('skipped', automated({ prune: true, selfHeal: true }));
    await tiphys.becomesSynced('skipped');
    const mark = (value: string | null) =>
      tiphys.patch('skipped', { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': value } } });
    await mark('true');
    await tiphys.git.commit('skipped', { 'all.yaml': configMap('skipped', '2') }, 'two');
    await tiphys.refresh('skipped');
    await editData(tiphys, 'skipped', { v: 'mine' });
    // Another Application is looked at meanwhile.
    await given('bystanding', automated());
    await tiphys.becomesSynced('bystanding');
    const app = await tiphys.app('skipped');
    expect(app?.metadata.annotations?.['argocd.argoproj.io/refresh']).toBe('normal');
    expect(app?.status?.sync?.status).toBe('Synced');
    expect(await tiphys.data('skipped')).toEqual({ v: 'mine' });
    await mark(null);
    await tiphys.becomesLive('skipped', { v: '2' });
  });

  it('Given skip-reconcile on a cluster, When something is to be synced there, Then only other clusters go on', async () => {
    // The same cluster by another address, so that it is another one to Tiphys.
    const server = tiphys.kube.apiUrl.replace('127.0.0.1', 'localhost');
    const token = await tiphys.kube.createServiceAccountToken(tiphys.system.namespace, 'far');
    await tiphys.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'far' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'far', namespace: tiphys.system.namespace }],
    } as never);
    const cluster = (skips: string) =>
      tiphys.kube.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'far',
          namespace: tiphys.system.namespace,
          labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
          annotations: { 'argocd.argoproj.io/skip-reconcile': skips },
        },
        stringData: {
          name: 'far',
          server,
          config: JSON.stringify({ bearerToken: token, tlsClientConfig: { insecure: true } }),
        },
      } as never);
    await cluster('true');
    await tiphys.application('distant', {
      auto: true,
      source: await sourceOf(tiphys, 'distant'),
      destination: { name: 'far' },
    });
    await tiphys.deployed('near', { source: await sourceOf(tiphys, 'near') });
    expect((await tiphys.app('distant'))?.status?.operationState).toBeUndefined();
    expect(await tiphys.data('distant')).toBeUndefined();
    await cluster('false');
    await tiphys.becomesSynced('distant');
    await tiphys.deleteApplication('distant');
    await tiphys.isGone('distant');
    await tiphys.kube.remove({
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'far',
      namespace: tiphys.system.namespace,
    });
  });

  it('Given a chart that was published anew, When it is refreshed, Then only a hard refresh fetches it', async () => {
    const chart = { name: 'web', version: '1.0.0' };
    const files = (value: string) => ({ ...webChart(), 'values.yaml': `data: { chart: ${value} }\n` });
    await charts.publish({ ...chart, files: files('first') });
    const source = { repoURL: charts.url, chart: 'web', targetRevision: '1.0.0' };
    await tiphys.deployed('charted', { source });
    await charts.publish({ ...chart, files: files('second') });
    await look('charted');
    expect(await tiphys.data('charted')).toEqual({ chart: 'first' });
    await look('charted', 'hard');
    await tiphys.becomesLive('charted', { chart: 'second' });
  });

  // The controller follows the setting at once; how old the list of branches may be is read at start.
  const restartRepoServer = async (): Promise<void> => {
    await tiphys.system.runner.down('argocd-repo-server');
    await tiphys.system.runner.up('argocd-repo-server');
    await tiphys.system.runner.awaitReady({ workload: 'argocd-repo-server' });
  };

  it('Given an interval, When there is a commit and nobody asks, Then it rolls out within that time', async () => {
    await given('polled', automated());
    const first = await tiphys.becomesSynced('polled');
    await tiphys.setting('argocd-cm', {
      'timeout.reconciliation': '2s',
      'timeout.reconciliation.jitter': '1s',
    });
    await restartRepoServer();
    try {
      await tiphys.git.commit('polled', { 'all.yaml': configMap('polled', '2') }, 'two');
      await tiphys.becomesLive('polled', { v: '2' });
      const times = new Set([first.status?.reconciledAt]);
      await poll(async () => times.add((await tiphys.app('polled'))?.status?.reconciledAt).size >= 4, {
        what: 'three looks',
      });
      const seen = [...times].map((time) => Date.parse(time ?? '')).slice(-2);
      expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(2_000);
    } finally {
      await tiphys.setting('argocd-cm', quiet);
    }
  });

  it('Given manifest-generate-paths, When a commit touches none of them, Then nothing is rendered or synced', async () => {
    const files = { 'web/a.yaml': configMap('pathed', '1'), 'docs/x.md': '1' };
    const source = { ...(await sourceOf(tiphys, 'pathed', files)), path: 'web' };
    await tiphys.application('pathed', { source, syncPolicy: automated({ prune: true }) });
    await tiphys.patch('pathed', {
      metadata: { annotations: { 'argocd.argoproj.io/manifest-generate-paths': '.' } },
    });
    const first = await tiphys.becomesSynced('pathed');
    const before = await renders();
    const docs = await commit('pathed', { 'docs/x.md': '2' });
    const moved = await tiphys.eventually('pathed', 'follows', isAt(docs, 'Synced'));
    expect(startedAt(moved)).toBe(startedAt(first));
    expect(await renders()).toBe(before);
    const web = await commit('pathed', { 'web/a.yaml': configMap('pathed', '2') });
    await tiphys.eventually('pathed', 'rolled out', isAt(web, 'Synced'));
    expect(await tiphys.data('pathed')).toEqual({ v: '2' });
    expect(await renders()).toBeGreaterThan(before);
  });

  const renders = (): Promise<number> =>
    tiphys.metric('argocd-repo-server', 'grpc_server_handled_total\\{[^}]*grpc_method="Render"[^}]*\\}');
});

describe('a render with prune on', () => {
  const files = (template: string) => ({
    'Chart.yaml': 'apiVersion: v2\nname: fragile\nversion: 1.0.0\n',
    'values.yaml': 'shown: true\n',
    'templates/a.yaml': configMap('fragile-a', '1'),
    'templates/b.yaml': template,
  });
  const good = files(configMap('fragile-b', '1'));
  const isThere = async (): Promise<void> => {
    expect(await tiphys.data('fragile-a')).toEqual({ v: '1' });
    expect(await tiphys.data('fragile-b')).toEqual({ v: '1' });
  };

  it('Given it answers nothing, half or fails, Then nothing is deleted, and the Application says why', async () => {
    await given('fragile', automated({ prune: true, selfHeal: true }), good);
    await tiphys.becomesSynced('fragile');
    // A render that fails.
    await commit('fragile', { 'templates/b.yaml': '{{ fail "no b today" }}' });
    await tiphys.hasCondition('fragile', 'ComparisonError', /no b today/u);
    await isThere();
    // Half of it: the second document is cut off.
    await commit('fragile', { 'templates/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "fra' });
    await tiphys.hasCondition('fragile', 'ComparisonError', /templates\/b\.yaml/u);
    await isThere();
    // Nothing at all.
    const hidden = (yaml: string): string => `{{ if not .Values.shown }}\n${yaml}\n{{ end }}`;
    await commit('fragile', {
      'templates/a.yaml': hidden(configMap('fragile-a', '1')),
      'templates/b.yaml': hidden(configMap('fragile-b', '1')),
    });
    await tiphys.hasCondition('fragile', 'SyncError', /auto-sync will wipe out all resources/u);
    await isThere();
    // A repository that does not answer.
    tiphys.git.fault('fragile', { kind: 'status', status: 503 });
    await tiphys.refresh('fragile', 'hard');
    await tiphys.hasCondition('fragile', 'ComparisonError', /fragile/u);
    await isThere();
    tiphys.git.fault('fragile', undefined);
    await commit('fragile', { 'templates/a.yaml': configMap('fragile-a', '2'), 'templates/b.yaml': null });
    await tiphys.becomesLive('fragile-a', { v: '2' });
    await tiphys.becomesLive('fragile-b', undefined);
  });
});
