import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  keyOfObject,
  refOf,
  type AppProject,
  type HealthCode,
  type KubeObject,
  type ResourceResult,
} from '@tiphys/model';
import { planSync } from '@tiphys/sync-plan';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';
import { runTasks } from './run-tasks.ts';
import type { TaskRun } from './task-run.ts';
import { WavePause } from './wave-pause.ts';
import { WriteGateway } from './write-gateway.ts';

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('tasks')).name;
  started = await startView(kube, { exclusions: [], inclusions: [{ apiGroups: ['', 'apps'] }] });
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default' },
  spec: {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
  },
};

const map = (name: string, wave = 0): KubeObject =>
  managedMap('tasks', {
    namespace,
    name,
    annotations: wave === 0 ? {} : { 'argocd.argoproj.io/sync-wave': String(wave) },
  });

const badService = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { ports: [{ port: 99_999 }] },
});

interface Given {
  readonly targets?: readonly KubeObject[];
  readonly live?: readonly KubeObject[];
  readonly health?: Readonly<Record<string, HealthCode>>;
  readonly dryRun?: boolean;
}

/** The view, with objects that are as healthy as a test says. */
const viewWith = (health: Readonly<Record<string, HealthCode>>): TaskRun['view'] => ({
  get: (key) => {
    const known = started.view.get(key);
    const status = known === undefined ? undefined : health[known.ref.name];
    return known === undefined || status === undefined ? known : { ...known, health: { status } };
  },
});

function runOf({ targets = [], live = [], health = {}, dryRun = false }: Given) {
  const pairs = [...targets.map((target) => ({ target })), ...live.map((object) => ({ live: object }))].map(
    (sides) => {
      const object = 'target' in sides ? sides.target : sides.live;
      return { key: keyOfObject(object), ref: refOf(object), version: 'v1', ...sides };
    },
  );
  const results = new Map<string, ResourceResult>();
  const waves: string[][] = [];
  const run: TaskRun = {
    tasks: planSync(pairs, { prune: true }),
    results,
    view: viewWith(health),
    isApproved: false,
    pause: new WavePause(0, () => 0),
    options: {
      gateway: new WriteGateway(started.view, project, { server: 'https://x', name: 'x', namespace }),
      dryRun,
      syncOptions: [],
    },
    persist: () => {
      waves.push([...results.values()].map(({ name, hookPhase }) => `${name} ${hookPhase ?? ''}`));
      return Promise.resolve();
    },
  };
  const summary = () => [...results.values()].map(({ name, status, hookPhase }) => [name, status, hookPhase]);
  return { run, waves, summary };
}

const exists = async (kind: string, name: string): Promise<boolean> =>
  (await kube.find({ apiVersion: 'v1', kind, name, namespace })) !== undefined;

describe('running the tasks of a sync', () => {
  it('applies wave after wave and leaves the last one running', async () => {
    const { run, waves, summary } = runOf({ targets: [map('w0'), map('w1', 1), map('w2', 2)] });
    expect(await runTasks(run)).toEqual({
      type: 'finished',
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
    });
    expect(waves).toEqual([['w0 Running'], ['w0 Succeeded', 'w1 Running']]);
    expect(summary()).toEqual([
      ['w0', 'Synced', 'Succeeded'],
      ['w1', 'Synced', 'Succeeded'],
      ['w2', 'Synced', 'Running'],
    ]);
    expect(await exists('ConfigMap', 'w2')).toBe(true);
  });

  it('waits for the health of a wave before the next one, and goes on where it was', async () => {
    const targets = [map('slow'), map('after', 1)];
    const { run } = runOf({ targets, health: { slow: 'Progressing' } });
    const waiting = { type: 'wait', message: 'waiting for healthy state of /ConfigMap/slow' };
    expect([await runTasks(run), await runTasks(run)]).toEqual([waiting, waiting]);
    expect(await exists('ConfigMap', 'after')).toBe(false);
    expect(await runTasks({ ...run, view: started.view })).toMatchObject({ phase: 'Succeeded' });
    expect(await exists('ConfigMap', 'after')).toBe(true);
  });

  it('stops where an object of an earlier wave is degraded', async () => {
    const { run } = runOf({ targets: [map('sick'), map('never', 1)], health: { sick: 'Degraded' } });
    expect(await runTasks(run)).toMatchObject({ type: 'finished', phase: 'Failed' });
    expect(await exists('ConfigMap', 'never')).toBe(false);
  });

  it('ends with the reason where one object is refused, after what else is in its wave', async () => {
    const { run, summary } = runOf({ targets: [map('fine'), badService('bad'), map('late', 1)] });
    expect(await runTasks(run)).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(
        /^one or more synchronization tasks completed unsuccessfully, reason: Service "bad" is invalid/u,
      ) as string,
    });
    expect(summary()).toEqual([
      ['fine', 'Synced', 'Succeeded'],
      ['bad', 'SyncFailed', 'Failed'],
    ]);
    expect(await exists('ConfigMap', 'late')).toBe(false);
  });

  it('says it in other words where nothing at all could be applied', async () => {
    const { run } = runOf({ targets: [badService('alone')] });
    expect(await runTasks(run)).toMatchObject({
      message: expect.stringMatching(
        /^one or more objects failed to apply, reason: Service "alone"/u,
      ) as string,
    });
  });

  it('writes nothing where the project forbids an object or the cluster does not know its kind', async () => {
    const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden', namespace } };
    const boat: KubeObject = {
      apiVersion: 'no.example.com/v1',
      kind: 'Boat',
      metadata: { name: 'b', namespace },
    };
    const { run } = runOf({ targets: [map('untouched'), secret, boat] });
    const outcome = await runTasks(run);
    expect(outcome).toMatchObject({ phase: 'Failed' });
    expect(outcome.message).toContain('one or more synchronization tasks are not valid: ');
    expect([...run.results.values()].map(({ message }) => message)).toEqual([
      'resource :Secret is not permitted in project default',
      `The Kubernetes API could not find no.example.com/Boat for requested resource ${namespace}/b. ` +
        'Make sure the "Boat" CRD is installed on the destination cluster.',
    ]);
    expect(await exists('ConfigMap', 'untouched')).toBe(false);
  });

  it('prunes what git no longer holds', async () => {
    await kube.apply(map('old') as never);
    const known = await poll(() => started.view.get(keyOfObject(map('old')))?.object, {
      what: 'the old object is in view',
    });
    const { run, summary } = runOf({ targets: [map('new')], live: [known] });
    expect(await runTasks(run)).toMatchObject({ phase: 'Succeeded' });
    expect(summary()).toEqual([
      ['old', 'Pruned', 'Succeeded'],
      ['new', 'Synced', 'Running'],
    ]);
    expect([await exists('ConfigMap', 'old'), await exists('ConfigMap', 'new')]).toEqual([false, true]);
  });

  it('changes nothing in a dry run and is complete at once', async () => {
    const { run, summary } = runOf({ targets: [map('dry')], dryRun: true });
    expect(await runTasks(run)).toMatchObject({ message: 'successfully synced (no more tasks)' });
    expect(summary()).toEqual([['dry', 'Synced', 'Succeeded']]);
    expect(await exists('ConfigMap', 'dry')).toBe(false);
  });
});
