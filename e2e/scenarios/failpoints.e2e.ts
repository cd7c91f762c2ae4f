import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finalizers, isCompleted, type Application, type KubeObject } from '@tiphys/model';
import { FAILPOINTS, type FailpointName } from '@tiphys/runtime/failpoints';
import { auditLog, givenTiphys, type AuditLog } from '@tiphys/testing/given';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { mapOf, taskPodOf, yaml } from '../manifests/index.ts';

const CONTROLLER = 'argocd-application-controller';
const isOf = (what: string) => (name: FailpointName) => name.startsWith(what);

const ofDeletion = FAILPOINTS.filter(isOf('deletion-'));
const ofTermination = FAILPOINTS.filter(isOf('terminate-'));
const ofSync = FAILPOINTS.filter((name) => !ofDeletion.includes(name) && !ofTermination.includes(name));

/** The last point of a sync first: what goes on after a crash passes none that is still to come. */
const order = [...[...ofSync].reverse(), ...[...ofTermination].reverse(), ...[...ofDeletion].reverse()];

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let audit: AuditLog;
let folder: PrivateFolder;
let mark: string;

beforeAll(async () => {
  audit = await auditLog();
  folder = await privateFolder('failpoints');
  mark = join(folder.path, 'mark');
  await writeFile(mark, order.join('\n'));
  tiphys = await givenTiphys({
    kube: { auditLogPath: audit.path },
    env: {
      ARGOCD_SYNC_WAVE_DELAY: '0',
      TIPHYS_FAILPOINT: order.join(','),
      TIPHYS_FAILPOINT_MARK: mark,
      // What is started so often starts faster; an orderly end fills it.
      NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
    },
    backoffMs: [0],
  });
  const maps = [
    mapOf('a'),
    mapOf('b', '1', { marks: { 'sync-wave': '1' } }),
    mapOf('c', '1', { marks: { 'sync-wave': '2' } }),
  ];
  const gone = { 'hook-delete-policy': 'HookSucceeded' };
  await tiphys.repository('pointed', {
    'all.yaml': yaml(
      ...maps,
      taskPodOf({ name: 'before', marks: { hook: 'PreSync' } }),
      mapOf('with', '1', { marks: { hook: 'Sync', 'sync-wave': '1' } }),
      taskPodOf({ generateName: 'after-', marks: { hook: 'PostSync', ...gone } }),
    ),
  });
  await tiphys.repository('leaving', {
    'all.yaml': yaml(
      ...maps,
      taskPodOf({ name: 'leave', marks: { hook: 'PreDelete', ...gone } }),
      mapOf('left', '1', { marks: { hook: 'PostDelete' } }),
    ),
  });
});

afterAll(async () => {
  await tiphys.close();
  await audit.remove();
  await folder.remove();
});

/** Points that killed nothing yet. */
async function unspent(points: readonly FailpointName[]): Promise<readonly FailpointName[]> {
  const noted = new Set((await readFile(mark, 'utf8')).split('\n'));
  return points.filter((name) => !noted.has(name));
}

/** Arms these points, one for each life of the controller, and no other. */
async function arm(points: readonly FailpointName[]): Promise<void> {
  await writeFile(mark, `${order.filter((name) => !points.includes(name)).join('\n')}\n`);
  await tiphys.system.runner.down(CONTROLLER, 'SIGTERM');
  await tiphys.system.runner.up(CONTROLLER);
}

/** A namespace with what an earlier version left: something to prune, and the hook of an earlier sync. */
async function givenPlace(app: string): Promise<string> {
  const { name: namespace } = await tiphys.kube.createNamespace('point');
  const id = (name: string): object => ({
    annotations: { 'argocd.argoproj.io/tracking-id': `${app}:/ConfigMap:${namespace}/${name}` },
  });
  for (const name of ['old', 'with'])
    await tiphys.kube.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, ...id(name) },
    } as never);
  return namespace;
}

const sourceOf = (repository: string) => ({
  repoURL: tiphys.git.url(repository),
  path: '.',
  targetRevision: 'main',
});

const ended = (app: string): Promise<Application> =>
  tiphys.eventually(
    app,
    'has ended its operation',
    ({ operation, status }) =>
      operation === undefined &&
      status?.operationState !== undefined &&
      isCompleted(status.operationState.phase),
    60_000,
  );

interface Item {
  readonly metadata: KubeObject['metadata'];
  readonly data?: unknown;
}

/** Everything of a namespace that a sync has to do with, but what is on its way out. */
async function contentsOf(namespace: string): Promise<readonly string[]> {
  const kinds = ['configmaps', 'pods'];
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const path = `/api/v1/namespaces/${namespace}/${kind}`;
      const { items } = await tiphys.kube.request<{ items: Item[] }>('GET', path);
      const stays = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return stays.map(
        ({ metadata, data }) =>
          `${kind}/${metadata.name ?? ''} ${JSON.stringify([data, metadata.finalizers])}`,
      );
    }),
  );
  return lists.flat().filter((line) => !line.includes('kube-root-ca'));
}

const named = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/after-[0-9a-f]{7}-postsync-\d+/, 'after'));

/** What came of a sync: how it ended, what is in the cluster, and what was created how often. */
async function endOf(app: string, namespace: string): Promise<object> {
  const { status } = await ended(app);
  const { phase, message, syncResult } = status?.operationState ?? {};
  const results = (syncResult?.resources ?? []).map(
    ({ kind, name, status: outcome, hookPhase }) => `${kind} ${name} ${outcome ?? ''} ${hookPhase ?? ''}`,
  );
  return {
    phase,
    message,
    results: named(results),
    contents: await contentsOf(namespace),
    history: status?.history?.map(({ id }) => id),
    hooks: named(await audit.ofController(namespace, ['create'])).filter((line) =>
      /before|with|after/.test(line),
    ),
  };
}

describe('a crash of the application-controller', () => {
  it('Given a sync of three waves with hooks, When it dies at any point, Then the end is the same', async () => {
    await arm([]);
    const synced = async (app: string, place: Promise<string>): Promise<object> => {
      const namespace = await place;
      const destination = { namespace };
      await tiphys.application(app, { source: sourceOf('pointed'), destination, cascade: false });
      await tiphys.operate(app, { sync: { prune: true } });
      const end = await endOf(app, namespace);
      // What is not there needs no look when the controller starts again.
      await tiphys.deleteApplication(app);
      return end;
    };
    const calm = await synced('calm', givenPlace('calm'));
    expect(calm).toMatchObject({
      phase: 'Succeeded',
      history: [0],
      hooks: ['create pods/before', 'create configmaps/with', 'create pods/after'],
    });
    await arm(ofSync);
    let left = ofSync.length;
    let next = givenPlace('sync-0');
    for (let round = 0; left > 0; round += 1) {
      const place = next;
      next = givenPlace(`sync-${round + 1}`);
      const end = await synced(`sync-${round}`, place);
      const now = await unspent(ofSync);
      expect(end, `after a crash; still to come are ${now.join(', ')}`).toEqual(calm);
      expect(now.length, `no point was passed; left are ${now.join(', ')}`).toBeLessThan(left);
      left = now.length;
    }
    await next;
  }, 400_000);

  it('Given a sync that is terminated, When it dies on the way, Then the hook is gone all the same', async () => {
    await tiphys.repository('stopped', {
      'all.yaml': yaml(mapOf('own'), taskPodOf({ name: 'busy', fate: 'busy', marks: { hook: 'PreSync' } })),
    });
    await arm(ofTermination);
    for (const round of ofTermination.keys()) {
      const app = `stopped-${round}`;
      const { name: namespace } = await tiphys.kube.createNamespace('point');
      await tiphys.application(app, { source: sourceOf('stopped'), destination: { namespace } });
      await tiphys.operate(app, { sync: {} });
      await tiphys.eventually(
        app,
        'waits for its hook',
        ({ status }) => status?.operationState?.message === 'waiting for completion of hook /Pod/busy',
      );
      await tiphys.patch(app, { status: { operationState: { phase: 'Terminating' } } });
      expect((await ended(app)).status?.operationState?.phase).toBe('Failed');
      await poll(async () => (await contentsOf(namespace)).length === 0, { what: 'the hook is gone' });
    }
    expect(await unspent(ofTermination)).toEqual([]);
  }, 200_000);

  it('Given a deletion with hooks, When it dies at any point, Then all is gone and each hook ran once', async () => {
    await arm([]);
    const places = new Map(
      await Promise.all(
        [...ofDeletion.keys()].map(async (round) => {
          const { name: namespace } = await tiphys.kube.createNamespace('point');
          const app = `gone-${round}`;
          await tiphys.deployed(app, { source: sourceOf('leaving'), destination: { namespace } });
          return [app, namespace] as const;
        }),
      ),
    );
    for (const app of places.keys())
      await tiphys.eventually(app, 'is held for its hooks', ({ metadata }) =>
        [finalizers.preDelete, finalizers.postDelete].every((name) => metadata.finalizers?.includes(name)),
      );
    await arm(ofDeletion);
    for (const [app, namespace] of places) {
      await tiphys.deleteApplication(app);
      await tiphys.isGone(app, 60_000);
      expect(await contentsOf(namespace)).toEqual(['configmaps/left [{"v":"1"},null]']);
      expect(
        (await audit.ofController(namespace, ['create'])).filter((line) => /leave|left/.test(line)),
      ).toEqual(['create pods/leave', 'create configmaps/left']);
    }
    expect(await unspent(ofDeletion)).toEqual([]);
  }, 300_000);
});
