import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, connectRedisOf, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { deployment } from '../manifests/index.ts';

/** Moments of the kills follow from it: run again with TIPHYS_SEED to see the same. */
const seed = Number(process.env['TIPHYS_SEED'] ?? Date.now() % 1_000_000);

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  process.stdout.write(`kills: TIPHYS_SEED=${seed}\n`);
  tiphys = await givenTiphys({ env: { ARGOCD_SYNC_WAVE_DELAY: '0' } });
});

afterAll(() => tiphys.close());

/** A number from 0 to 1, the same for the same seed and round (mulberry32). */
function chance(round: number): number {
  let state = (seed + round * 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

const WAVES = 4;
const IN_WAVE = 14;

const inWave = (yaml: string, wave: number): string =>
  yaml.replace('metadata:\n', `metadata:\n  annotations: { argocd.argoproj.io/sync-wave: '${wave}' }\n`);

/** Four waves of config maps, each with a deployment that the next wave waits for: sixty objects. */
function manyFiles(app: string, value: string): Record<string, string> {
  const waves = Array.from({ length: WAVES }, (_, wave) => {
    const maps = Array.from({ length: IN_WAVE }, (_unused, index) =>
      configMap(`${app}-${wave}-${index}`, value),
    );
    const all = [...maps, deployment(`${app}-${wave}`, `example.com/web:${value}`)];
    return [`wave-${wave}.yaml`, all.map((yaml) => inWave(yaml, wave)).join('---\n')];
  });
  return Object.fromEntries(waves) as Record<string, string>;
}

const configMaps = () =>
  tiphys.kube.request<{ items: { metadata: { name: string }; data: { v: string } }[] }>(
    'GET',
    `/api/v1/namespaces/${tiphys.target}/configmaps`,
  );

/** Names and values of an Application's config maps that are live. */
async function liveOf(app: string): Promise<readonly string[]> {
  const { items } = await configMaps();
  return items
    .filter(({ metadata }) => metadata.name.startsWith(`${app}-`))
    .map(({ metadata, data }) => `${metadata.name}=${data.v}`)
    .sort();
}

const wantedOf = (app: string, value: string): readonly string[] =>
  Array.from(
    { length: WAVES * IN_WAVE },
    (_, n) => `${app}-${Math.floor(n / IN_WAVE)}-${n % IN_WAVE}=${value}`,
  ).sort();

async function many(app: string): Promise<string> {
  const repoURL = await tiphys.repository(app, manyFiles(app, '1'));
  await tiphys.application(app, { source: { repoURL, path: '.', targetRevision: 'main' } });
  await tiphys.eventually(app, 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');
  return repoURL;
}

/** Exactly one end: one history entry more than before, at the revision that was asked for, and all of git is live. */
async function endsOnce(app: string, revision: string, value: string): Promise<Application> {
  const ended = await tiphys.eventually(
    app,
    'is done with its operation',
    ({ operation, status }) => operation === undefined && status?.operationState?.finishedAt !== undefined,
    60_000,
  );
  const { phase, message, syncResult } = ended.status?.operationState ?? {};
  expect({ phase, message, revision: syncResult?.revision }).toMatchObject({ phase: 'Succeeded', revision });
  expect(ended.status?.operationState?.syncResult?.resources).toHaveLength(WAVES * (IN_WAVE + 1));
  expect(ended.status?.history?.filter((one) => one.revision === revision)).toHaveLength(1);
  expect(await liveOf(app)).toEqual(wantedOf(app, value));
  return ended;
}

/** Waits until a sync has applied so many objects of a value. */
const hasApplied = (app: string, value: string, count: number): Promise<unknown> =>
  poll(async () => (await liveOf(app)).filter((one) => one.endsWith(`=${value}`)).length >= count, {
    what: `${count} objects of ${app} are live`,
    intervalMs: 5,
  });

describe('the application-controller', () => {
  it('Given a sync of many waves, When it is killed at any moment, Then it goes on at that revision', async () => {
    await many('resumed');
    const first = await tiphys.git.commit('resumed', manyFiles('resumed', '2'), 'two');
    for (const round of [1, 2, 3]) {
      const value = String(round + 1);
      const revision =
        round === 1 ? first : await tiphys.git.commit('resumed', manyFiles('resumed', value), value);
      await tiphys.sync('resumed', { revision: 'main' });
      const at = Math.floor(chance(round) * WAVES * IN_WAVE);
      await hasApplied('resumed', value, at);
      tiphys.system.runner.kill('argocd-application-controller');
      // What is committed meanwhile is none of this operation's business.
      await tiphys.git.commit('resumed', { 'later.txt': value }, 'later');
      await endsOnce('resumed', revision, value);
    }
    const history = (await tiphys.app('resumed'))?.status?.history ?? [];
    expect(history.map(({ id }) => id)).toEqual([0, 1, 2]);
  });
});

describe('the other services', () => {
  it('Given a render, When the repo-server is killed, Then the operation ends well and once', async () => {
    await many('rendered');
    for (const round of [1, 2]) {
      const value = String(round + 1);
      tiphys.git.fault('rendered', { kind: 'slow', bytesPerSecond: 20_000 });
      const revision = await tiphys.git.commit('rendered', manyFiles('rendered', value), value);
      const before = tiphys.git.requests.count({ repository: 'rendered', kind: 'fetch' });
      await tiphys.operate('rendered', { sync: { revision: 'main', prune: true } });
      await poll(() => tiphys.git.requests.count({ repository: 'rendered', kind: 'fetch' }) > before, {
        what: 'the fetch has begun',
        intervalMs: 5,
      });
      tiphys.system.runner.kill('argocd-repo-server');
      tiphys.git.fault('rendered', undefined);
      await endsOnce('rendered', revision, value);
    }
  });

  it('Given a sync, When the api-server is killed, Then the sync goes on and the API is back', async () => {
    await many('unwatched');
    const { status } = await tiphys.sync('unwatched');
    expect(status).toBeDefined();
    tiphys.system.runner.kill('argocd-server');
    const revision = (await tiphys.app('unwatched'))?.status?.sync?.revision ?? '';
    await endsOnce('unwatched', revision, '1');
    const shown = await poll(() => tiphys.rest.call<Application>('GET', '/api/v1/applications/unwatched'), {
      what: 'the API answers again, to the same session',
    });
    expect(shown.status?.history).toHaveLength(1);
  });

  it('Given a sync, When the kube-apiserver is restarted, Then it goes on at that revision', async () => {
    await many('interrupted');
    const revision = await tiphys.git.commit('interrupted', manyFiles('interrupted', '2'), 'two');
    await tiphys.operate('interrupted', { sync: { revision: 'main' } });
    await hasApplied('interrupted', '2', Math.floor(chance(7) * WAVES * IN_WAVE));
    await tiphys.kube.restartApiServer();
    await endsOnce('interrupted', revision, '2');
  });
});

describe('Redis', () => {
  it('Given it is down, When there are commits and drift, Then syncs and self-heal go on', async () => {
    const source = {
      repoURL: await tiphys.repository('blind', { 'cm.yaml': configMap('blind', '1') }),
      path: '.',
    };
    await tiphys.deployed('blind', { source });
    await tiphys.system.runner.down('argocd-redis');
    try {
      await tiphys.git.commit('blind', { 'cm.yaml': configMap('blind', '2') }, 'two');
      await tiphys.refresh('blind');
      await tiphys.becomesLive('blind', { v: '2' });
      const object = { apiVersion: 'v1', kind: 'ConfigMap', name: 'blind', namespace: tiphys.target };
      await tiphys.kube.remove(object);
      await tiphys.becomesLive('blind', { v: '2' });
      await poll(() => tiphys.rest.call('GET', '/api/v1/applications/blind'), { what: 'the API answers' });
    } finally {
      await tiphys.system.runner.up('argocd-redis');
      await tiphys.system.runner.awaitReady({ workload: 'argocd-redis' });
    }
    await treeIsBack('blind');
  });

  it('Given it is flushed, Then the resource tree comes back', async () => {
    const redis = await connectRedisOf(tiphys);
    await redis.flushall();
    redis.disconnect();
    await treeIsBack('blind');
  });

  it('Given its values are tampered with, When they are read, Then they are never applied', async () => {
    const chart = { 'Chart.yaml': 'apiVersion: v2\nname: sealed\nversion: 1.0.0\n' };
    const template = 'templates/cm.yaml';
    const repoURL = await tiphys.repository('sealed', {
      ...chart,
      [template]: configMap('sealed', 'genuine'),
    });
    const source = { repoURL, path: '.', targetRevision: 'main' };
    await tiphys.deployed('sealed', { source });
    const redis = await connectRedisOf(tiphys);
    const rendered = await redis.keys('*manifests|*');
    expect(rendered).not.toEqual([]);
    for (const key of rendered) {
      const value = (await redis.getBuffer(key)) ?? Buffer.alloc(0);
      await redis.set(key, Buffer.from(value.toString('latin1').replaceAll('genuine', 'evil!!!'), 'latin1'));
    }
    redis.disconnect();
    // Nothing but Redis remembers the render now.
    tiphys.system.runner.kill('argocd-repo-server');
    await tiphys.system.runner.awaitReady({ workload: 'argocd-repo-server' });
    await tiphys.kube.remove({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'sealed',
      namespace: tiphys.target,
    });
    tiphys.system.runner.kill('argocd-application-controller');
    await tiphys.refresh('sealed');
    await tiphys.becomesLive('sealed', { v: 'genuine' });
  });

  const treeIsBack = (app: string): Promise<unknown> =>
    poll(
      async () => {
        const path = `/api/v1/applications/${app}/resource-tree`;
        const tree = await tiphys.rest.call<{ nodes?: { name: string }[] }>('GET', path);
        return tree.nodes?.some(({ name }) => name === app) === true;
      },
      { what: `the resource tree of ${app} is back` },
    );
});

describe('pruning', () => {
  it('Given a revision that drops an object and does not render, Then it stays until it renders', async () => {
    const files = { 'a.yaml': configMap('half-a', '1'), 'b.yaml': configMap('half-b', '1') };
    const source = { repoURL: await tiphys.repository('half', files), path: '.', targetRevision: 'main' };
    await tiphys.deployed('half', { source });
    await tiphys.git.commit(
      'half',
      { 'b.yaml': null, 'broken.yaml': 'kind: ConfigMap\nmetadata: [\n' },
      'broken',
    );
    await tiphys.refresh('half');
    await tiphys.hasCondition('half', 'ComparisonError', /broken\.yaml/);
    await tiphys.operate('half', { sync: { revision: 'main', prune: true } });
    const ended = await tiphys.eventually(
      'half',
      'ends its operation',
      ({ operation, status }) => operation === undefined && status?.operationState?.phase === 'Error',
    );
    expect(ended.status?.operationState?.message).toMatch(/broken\.yaml/);
    expect(await tiphys.data('half-b')).toEqual({ v: '1' });

    await tiphys.git.commit('half', { 'broken.yaml': null }, 'whole');
    await tiphys.becomesLive('half-b', undefined);
    expect(await tiphys.data('half-a')).toEqual({ v: '1' });
  });

  it('Given a path that was emptied, Then nothing is pruned unless that is allowed', async () => {
    const repoURL = await tiphys.repository('emptied', { 'web/cm.yaml': configMap('emptied', '1') });
    await tiphys.deployed('emptied', { source: { repoURL, path: 'web', targetRevision: 'main' } });
    await tiphys.git.commit('emptied', { 'web/cm.yaml': null, 'web/README.md': '' }, 'empty');
    await tiphys.refresh('emptied');
    await tiphys.hasCondition('emptied', 'SyncError', /auto-sync will wipe out all resources/);
    expect(await tiphys.data('emptied')).toEqual({ v: '1' });
    await tiphys.patch('emptied', { spec: { syncPolicy: { automated: { allowEmpty: true } } } });
    await tiphys.refresh('emptied');
    await tiphys.becomesLive('emptied', undefined);
  });

  it('Given two Applications that claim an object, Then the one that does not own it never prunes it', async () => {
    const shared = { 'shared.yaml': configMap('shared', '1') };
    const owner = await tiphys.repository('owner', { ...shared, 'own.yaml': configMap('owner', '1') });
    const claimer = await tiphys.repository('claimer', { ...shared, 'own.yaml': configMap('claimer', '1') });
    await tiphys.deployed('owner', { source: { repoURL: owner, path: '.', targetRevision: 'main' } });
    await tiphys.application('claimer', {
      source: { repoURL: claimer, path: '.', targetRevision: 'main' },
    });
    await tiphys.hasCondition('claimer', 'SharedResourceWarning', /ConfigMap\/shared .*claimer and owner/);

    const forged = `owner:/ConfigMap:${tiphys.target}/shared`;
    const metadata = {
      name: 'forged',
      namespace: tiphys.target,
      annotations: { 'argocd.argoproj.io/tracking-id': forged },
    };
    await tiphys.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { v: '1' } } as never);
    await tiphys.git.commit('claimer', { 'shared.yaml': null }, 'drop');
    for (const name of ['claimer', 'owner']) await tiphys.sync(name, { prune: true });
    await Promise.all(['claimer', 'owner'].map((name) => tiphys.becomesSynced(name)));
    await tiphys.deleteApplication('claimer');
    await tiphys.isGone('claimer');
    await tiphys.becomesLive('claimer', undefined);
    for (const name of ['shared', 'owner', 'forged']) expect(await tiphys.data(name)).toEqual({ v: '1' });
  });
});
