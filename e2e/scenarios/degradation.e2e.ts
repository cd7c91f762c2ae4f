import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys, joinCluster, startFarCluster, type FarCluster } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

const CONTROLLER = 'argocd-application-controller';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let far: FarCluster;

beforeAll(async () => {
  [tiphys, far] = await Promise.all([
    givenTiphys({
      env: {
        ARGOCD_GIT_REQUEST_TIMEOUT: '4s',
        ARGOCD_RECONCILIATION_TIMEOUT: '30m',
        ARGOCD_APPLICATION_CONTROLLER_REPO_SERVER_TIMEOUT_SECONDS: '10',
        TIPHYS_CONTROLLER_LEASE_DURATION: '3s',
      },
    }),
    startFarCluster('far'),
  ]);
  await joinCluster(tiphys, far);
});

afterAll(async () => {
  await tiphys.close();
  await far.stop();
});

/** An automated Application of one config map. */
async function running(name: string, destination: object = {}): Promise<void> {
  const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1') });
  await tiphys.deployed(name, { source: { repoURL, path: '.', targetRevision: 'main' }, destination });
}

const commit = (name: string, value: string): Promise<string> =>
  tiphys.git.commit(name, { 'cm.yaml': configMap(name, value) }, value);

/** Somebody deletes the config map of an Application, and it comes back. */
async function isHealed(name: string, value: string): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name, namespace: tiphys.target };
  const before = await tiphys.kube.find<{ metadata: { uid: string } }>(ref);
  await tiphys.kube.remove(ref);
  await poll(
    async () => {
      const now = await tiphys.kube.find<{ metadata: { uid: string }; data: { v: string } }>(ref);
      return now !== undefined && now.metadata.uid !== before?.metadata.uid && now.data.v === value;
    },
    { what: `${name} is back`, timeoutMs: 60_000 },
  );
}

describe('a Redis that hangs', () => {
  it('Given its process is stopped, When there are commits and drift, Then syncs and self-heal go on', async () => {
    await running('unheard');
    tiphys.system.runner.kill('argocd-redis', 'SIGSTOP');
    try {
      await commit('unheard', '2');
      await tiphys.refresh('unheard');
      await tiphys.becomesLive('unheard', { v: '2' }, undefined, 60_000);
      await isHealed('unheard', '2');
    } finally {
      tiphys.system.runner.kill('argocd-redis', 'SIGCONT');
    }
    await tiphys.becomesSynced('unheard', 60_000);
  });
});

describe('a repo-server that is down', () => {
  it('Given what it rendered before, When objects drift, Then they are healed; commits wait, say so, and come later', async () => {
    await running('unrendered');
    await tiphys.system.runner.down('argocd-repo-server');
    try {
      await isHealed('unrendered', '1');
      await commit('unrendered', '2');
      await tiphys.refresh('unrendered');
      const app = await tiphys.hasCondition('unrendered', 'ComparisonError', /repo-server/i, 60_000);
      expect(app.status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Healthy' } });
      expect(await tiphys.data('unrendered')).toEqual({ v: '1' });
    } finally {
      await tiphys.system.runner.up('argocd-repo-server');
      await tiphys.system.runner.awaitReady({ workload: 'argocd-repo-server' });
    }
    await tiphys.becomesLive('unrendered', { v: '2' }, undefined, 90_000);
    const healed = await tiphys.becomesSynced('unrendered');
    expect(healed.status?.conditions).toBeUndefined();
  });
});

describe('a git host that does not work', () => {
  it('Given it answers with errors, When objects drift, Then they are healed; commits wait, say so, and come later', async () => {
    await running('unfetched');
    tiphys.git.fault('unfetched', { kind: 'status', status: 503 });
    try {
      await isHealed('unfetched', '1');
      await commit('unfetched', '2');
      await tiphys.refresh('unfetched');
      const app = await tiphys.hasCondition('unfetched', 'ComparisonError', /503/, 60_000);
      expect(app.status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Healthy' } });
      expect(await tiphys.data('unfetched')).toEqual({ v: '1' });
    } finally {
      tiphys.git.fault('unfetched', undefined);
    }
    await tiphys.becomesLive('unfetched', { v: '2' }, undefined, 90_000);
  });

  it('Given it is slow for one repository, When others have commits, Then those do not wait', async () => {
    await Promise.all([running('slow'), running('beside')]);
    tiphys.git.fault('slow', { kind: 'slow', bytesPerSecond: 60 });
    try {
      await Promise.all([commit('slow', '2'), commit('beside', '2')]);
      await tiphys.refresh('slow');
      await tiphys.refresh('beside');
      await tiphys.becomesLive('beside', { v: '2' });
      expect(await tiphys.data('slow')).toEqual({ v: '1' });
    } finally {
      tiphys.git.fault('slow', undefined);
    }
    await tiphys.becomesLive('slow', { v: '2' }, undefined, 90_000);
  });
});

describe('an API server that is away for long', () => {
  it('Given it is down for longer than a lease, When it is back, Then the same processes go on with what came meanwhile', async () => {
    await running('waits');
    const before = tiphys.system.runner.pids();
    const pauses = await pausesTold();
    await tiphys.kube.stopApiServer();
    await commit('waits', '2');
    await poll(async () => (await pausesTold()) > pauses, {
      what: 'the controller has paused',
      timeoutMs: 60_000,
    });
    await tiphys.kube.startApiServer();
    await tiphys.refresh('waits');
    await tiphys.becomesLive('waits', { v: '2' }, undefined, 90_000);
    await isHealed('waits', '2');
    expect(tiphys.system.runner.pids()).toEqual(before);
  });

  const pausesTold = async (): Promise<number> =>
    (await readFile(join(tiphys.logFolder, `${CONTROLLER}-0.log`), 'utf8')).split('"news":"paused"').length;
});

describe('a cluster that takes back its rights', () => {
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  const bind = (role: string): Promise<unknown> =>
    far.kube.request('POST', path, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'tiphys-manager' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: 'tiphys-manager', namespace: 'kube-system' }],
    });
  const valueThere = async (): Promise<string | undefined> =>
    (
      await far.kube.find<{ data: { v: string } }>({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'ruled',
        namespace: far.target,
      })
    )?.data.v;

  it('Given it forbids writes, When there is a commit, Then the sync says so and is tried again until it is allowed', async () => {
    const repoURL = await tiphys.repository('ruled', { 'cm.yaml': configMap('ruled', '1') });
    await tiphys.deployed('ruled', {
      source: { repoURL, path: '.', targetRevision: 'main' },
      destination: { name: 'far', namespace: far.target },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        retry: { limit: 100, backoff: { duration: '1s', factor: 1 } },
      },
    });
    await running('free');
    await far.kube.request('DELETE', `${path}/tiphys-manager`);
    await bind('view');
    try {
      await Promise.all([commit('ruled', '2'), commit('free', '2')]);
      await Promise.all(['ruled', 'free'].map((name) => tiphys.refresh(name)));
      const app = await tiphys.eventually(
        'ruled',
        'is told that it may not',
        ({ status }) => /forbidden.*Retrying/u.test(status?.operationState?.message ?? ''),
        60_000,
      );
      const results = app.status?.operationState?.syncResult?.resources ?? [];
      expect(results.map(({ message }) => message).join()).toMatch(/forbidden/u);
      await tiphys.becomesLive('free', { v: '2' });
      expect(await valueThere()).toBe('1');
    } finally {
      await far.kube.request('DELETE', `${path}/tiphys-manager`);
      await bind('cluster-admin');
    }
    await poll(async () => (await valueThere()) === '2', { what: 'it is synced', timeoutMs: 60_000 });
    await tiphys.becomesSynced('ruled', 60_000);
  });
});
