import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  auditLog,
  configMap,
  givenTiphys,
  joinCluster,
  startFarCluster,
  type AuditedWrite,
  type AuditLog,
  type FarCluster,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

const NEAR = 'https://kubernetes.default.svc';
const LEASE_MS = 4_000;
/** The control plane's own cluster falls to the first, the far one asks for the second. */
const [first, second] = ['argocd-application-controller-0', 'argocd-application-controller-1'];

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let far: FarCluster;
let audits: Readonly<Record<'near' | 'far', AuditLog>>;

beforeAll(async () => {
  audits = { near: await auditLog(), far: await auditLog() };
  [tiphys, far] = await Promise.all([
    givenTiphys({
      kube: { auditLogPath: audits.near.path },
      env: { ARGOCD_SYNC_WAVE_DELAY: '1', TIPHYS_CONTROLLER_LEASE_DURATION: `${LEASE_MS}ms` },
      values: { controller: { replicas: 2 }, notifications: { enabled: false } },
    }),
    startFarCluster('far', { auditLogPath: audits.far.path }),
  ]);
  await joinCluster(tiphys, far, { shard: '1' });
});

afterAll(async () => {
  await tiphys.close();
  await far.stop();
  await audits.near.remove();
  await audits.far.remove();
});

/** Addresses of the clusters that a replica tells of. */
async function servedBy(pod: string): Promise<readonly string[]> {
  const answer = await request(`http://${tiphys.system.runner.portOf(pod, 'metrics')}/metrics`);
  const text = await answer.body.text();
  const found = text.matchAll(/^argocd_cluster_info\{server="([^"]+)",[^}]*\} 1$/gmu);
  return [...found].map(([, server = '']) => server).sort();
}

/** The replicas whose metrics tell of an Application. */
async function whoTells(app: string): Promise<readonly string[]> {
  const series = `argocd_app_info\\{[^}]*name="${app}"[^}]*\\}`;
  const counts = await Promise.all([first, second].map((pod) => tiphys.metric(pod, series)));
  return [first, second].filter((_, index) => counts[index] === 1);
}

const isServed = (pod: string, servers: readonly string[]): Promise<unknown> =>
  poll(async () => JSON.stringify(await servedBy(pod)) === JSON.stringify([...servers].sort()), {
    what: `${pod} serves ${servers.join(' and ')}`,
    timeoutMs: 60_000,
  });

/** Both are up and each has its own. */
const isShared = async (): Promise<void> => {
  await isServed(first, [NEAR]);
  await isServed(second, [far.server]);
};

/** Who wrote what in a namespace of a cluster since a time: requests of controllers only. */
async function writes(which: 'near' | 'far', namespace: string, since = 0): Promise<readonly AuditedWrite[]> {
  const all = await audits[which].writes();
  return all.filter(
    ({ agent, at, ...one }) =>
      agent.startsWith('tiphys-application-controller') && one.namespace === namespace && at >= since,
  );
}

const by =
  (pod: string) =>
  ({ agent }: AuditedWrite): boolean =>
    agent.includes(pod);
const of =
  (resource: string, start: string) =>
  (one: AuditedWrite): boolean =>
    one.resource === resource && one.name.startsWith(start);
const inWave = (yaml: string, wave: number): string =>
  yaml.replace('metadata:\n', `metadata:\n  annotations: { argocd.argoproj.io/sync-wave: '${wave}' }\n`);

const hook = (name: string, phase: string): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: { argocd.argoproj.io/hook: ${phase} }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: example.com/job:1 }]
`;

const WAVES = 5;
const waves = (app: string, value: string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: WAVES }, (_, wave) => [
      `wave-${wave}.yaml`,
      inWave(configMap(`${app}-${wave}`, value), wave),
    ]),
  );

const source = (name: string) => ({ repoURL: tiphys.git.url(name), path: '.', targetRevision: 'main' });

/** Its operation ended well, once, and with all that was asked for. */
async function endsOnce(app: string, objects: number): Promise<{ readonly finishedAt?: string | undefined }> {
  const { status } = await tiphys.eventually(
    app,
    'is done with its operation',
    ({ operation, status: now }) => operation === undefined && now?.operationState?.finishedAt !== undefined,
    90_000,
  );
  const state = status?.operationState;
  expect({ phase: state?.phase, message: state?.message }).toMatchObject({ phase: 'Succeeded' });
  expect(state?.syncResult?.resources).toHaveLength(objects);
  expect(status?.history).toHaveLength(1);
  return { finishedAt: state?.finishedAt };
}

describe('two controllers and two clusters', () => {
  it('Given Applications of both, When they are synced, Then each cluster is served by one controller', async () => {
    await isShared();
    await Promise.all(
      (['plain-near', 'plain-far'] as const).map((name) =>
        tiphys.repository(name, { 'cm.yaml': configMap(name, '1') }),
      ),
    );
    await Promise.all([
      tiphys.deployed('plain-near', { source: source('plain-near') }),
      tiphys.deployed('plain-far', {
        source: source('plain-far'),
        destination: { name: 'far', namespace: far.target },
      }),
    ]);
    const [nearWrites, farWrites] = await Promise.all([
      writes('near', tiphys.target),
      writes('far', far.target),
    ]);
    expect(nearWrites.filter(of('configmaps', 'plain-near')).length).toBeGreaterThan(0);
    expect(farWrites.filter(of('configmaps', 'plain-far')).length).toBeGreaterThan(0);
    expect(nearWrites.filter(by(second))).toEqual([]);
    expect(farWrites.filter(by(first))).toEqual([]);
    const statuses = await writes('near', tiphys.system.namespace);
    expect(statuses.filter(of('applications', 'plain-near')).filter(by(second))).toEqual([]);
    expect(statuses.filter(of('applications', 'plain-far')).filter(by(first))).toEqual([]);
    expect(await whoTells('plain-near')).toEqual([first]);
    expect(await whoTells('plain-far')).toEqual([second]);
  });

  it('Given an Application, When it is sent to the other cluster, Then the other controller goes on with it', async () => {
    await tiphys.repository('moved', { 'cm.yaml': configMap('moved', '1') });
    await tiphys.deployed('moved', { source: source('moved') });
    const since = Date.now();
    await tiphys.patch('moved', {
      spec: { destination: { server: null, name: 'far', namespace: far.target } },
    });
    await poll(async () => (await writes('far', far.target, since)).some(of('configmaps', 'moved')), {
      what: 'it is deployed there',
      timeoutMs: 60_000,
    });
    await tiphys.becomesSynced('moved');
    expect(
      (await writes('far', far.target, since)).filter(of('configmaps', 'moved')).filter(by(first)),
    ).toEqual([]);
    expect(await tiphys.data('moved')).toEqual({ v: '1' });
    expect(await whoTells('moved')).toEqual([second]);
  });
});

describe('a controller that is killed', () => {
  it('Given a sync with hooks, When its controller dies, Then the other goes on within seconds and repeats nothing', async () => {
    await isShared();
    await tiphys.repository('orphaned', {
      ...waves('orphaned', '1'),
      'before.yaml': hook('orphaned-before', 'PreSync'),
      'after.yaml': hook('orphaned-after', 'PostSync'),
    });
    await tiphys.repository('steady', { 'cm.yaml': configMap('steady', '1') });
    await tiphys.deployed('steady', { source: source('steady') });
    await tiphys.application('orphaned', { source: source('orphaned') });
    await tiphys.eventually('orphaned', 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');
    const since = Date.now();
    await tiphys.sync('orphaned');
    await poll(async () => (await tiphys.data('orphaned-1')) !== undefined, {
      what: 'the second wave is live',
      timeoutMs: 60_000,
      intervalMs: 10,
    });
    const killedAt = Date.now();
    try {
      await tiphys.system.runner.down(first, 'SIGKILL');
      await endsOnce('orphaned', WAVES + 2);
      const made = (await writes('near', tiphys.target, since))
        .filter(of('jobs', 'orphaned-'))
        .filter(({ verb }) => verb === 'create');
      expect(made.map(({ name }) => name)).toHaveLength(2);
      const applied = (await writes('near', tiphys.target, since)).filter(of('configmaps', 'orphaned-'));
      expect(applied.filter(by(second)).length).toBeGreaterThan(0);
      for (let wave = 0; wave < WAVES; wave += 1)
        expect(applied.filter(of('configmaps', `orphaned-${wave}`)).length).toBeLessThanOrEqual(2);
      const taken = applied.find(by(second))?.at ?? Number.POSITIVE_INFINITY;
      expect(taken - killedAt).toBeLessThan(30_000);
      expect(applied.filter(by(first)).every(({ at }) => at < taken)).toBe(true);
      await isServed(second, [NEAR, far.server]);
    } finally {
      await tiphys.system.runner.up(first);
      await tiphys.system.runner.awaitReady({ workload: first });
    }
    await isShared();
    const backAt = Date.now();
    await tiphys.git.commit('steady', { 'cm.yaml': configMap('steady', '2') }, 'two');
    await tiphys.refresh('steady');
    await tiphys.becomesLive('steady', { v: '2' });
    const later = (await writes('near', tiphys.target, backAt)).filter(of('configmaps', 'steady'));
    expect(later.filter(by(second))).toEqual([]);
  });
});

describe('a controller that is stopped for longer than its lease', () => {
  it('Given a sync, When its controller sleeps and wakes, Then it writes nothing of what it had begun', async () => {
    await isShared();
    await tiphys.repository('slept', waves('slept', '1'));
    await tiphys.application('slept', {
      source: source('slept'),
      destination: { name: 'far', namespace: far.target },
    });
    await tiphys.eventually('slept', 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');
    const since = Date.now();
    await tiphys.sync('slept');
    await poll(async () => (await writes('far', far.target, since)).some(of('configmaps', 'slept-0')), {
      what: 'the first wave is there',
      timeoutMs: 60_000,
      intervalMs: 10,
    });
    tiphys.system.runner.kill(second, 'SIGSTOP');
    const stoppedAt = Date.now();
    let ended: { readonly finishedAt?: string | undefined };
    try {
      ended = await endsOnce('slept', WAVES);
      await isServed(first, [NEAR, far.server]);
    } finally {
      tiphys.system.runner.kill(second, 'SIGCONT');
    }
    await isShared();
    await tiphys.becomesSynced('slept');
    const after = (await writes('far', far.target, stoppedAt + 500)).filter(of('configmaps', 'slept'));
    expect(after.filter(by(first)).length).toBeGreaterThan(0);
    expect(after.filter(by(second))).toEqual([]);
    const app = await tiphys.app('slept');
    expect(app?.status?.operationState?.finishedAt).toBe(ended.finishedAt);
    expect(app?.status?.history).toHaveLength(1);
  });
});
