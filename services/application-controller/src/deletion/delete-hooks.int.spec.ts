import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finalizers,
  type Application,
  type AppProject,
  type HealthCode,
  type KubeObject,
} from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { defaultTracking } from '@tiphys/tracking';
import type { AppContext } from '../compare/desired.ts';
import type { ClusterView } from '../live/cluster-view.ts';
import { startView, type StartedView } from '../testing/start-view.ts';
import { runDeleteHooks, tidyDeleteHooks } from './delete-hooks.ts';

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('delete-hooks')).name;
  started = await startView(kube, { exclusions: [], inclusions: [{ apiGroups: [''] }] });
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default', namespace: 'argocd' },
  spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
};

const appWith = (name: string, uid: string): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name, namespace: 'argocd', uid, deletionTimestamp: '2026-01-01T00:00:10Z' },
  spec: { project: 'default', destination: { server: 'https://kubernetes.default.svc', namespace } },
});

/** The view, with objects that are as healthy as a test says. */
function viewWith(health: Readonly<Record<string, HealthCode>>): ClusterView {
  const { view } = started;
  return new Proxy(view, {
    get: (_target, name) => {
      if (name !== 'get') {
        const value: unknown = Reflect.get(view, name, view);
        return typeof value === 'function' ? (value.bind(view) as unknown) : value;
      }
      return (key: Parameters<ClusterView['get']>[0]) => {
        const known = view.get(key);
        const status = known === undefined ? undefined : health[known.ref.name];
        return known === undefined || status === undefined ? known : { ...known, health: { status } };
      };
    },
  });
}

interface Given {
  readonly app: Application;
  readonly project?: AppProject;
  readonly health?: Readonly<Record<string, HealthCode>>;
}

const contextOf = ({ app, project: own = project, health = {} }: Given): AppContext => ({
  app,
  project: own,
  instance: app.metadata.name ?? '',
  destination: { server: 'https://kubernetes.default.svc', name: 'in-cluster', namespace },
  view: viewWith(health),
  tracking: defaultTracking,
  filters: { exclusions: [], inclusions: [] },
});

const hookOf = (name: string, marks: Record<string, string> = {}, kind = 'ConfigMap'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    namespace,
    annotations: { 'argocd.argoproj.io/hook': 'PreDelete', ...marks },
  },
});

const inWave = (name: string, wave: number): KubeObject =>
  hookOf(name, { 'argocd.argoproj.io/sync-wave': String(wave) });

const live = (name: string, kind = 'ConfigMap') =>
  kube.find<KubeObject>({ apiVersion: 'v1', kind, name, namespace });
const exists = async (...names: readonly string[]): Promise<readonly boolean[]> =>
  Promise.all(names.map(async (name) => (await live(name)) !== undefined));
const isOut = (name: string): Promise<unknown> =>
  poll(() => ![...started.view.topLevelIn(namespace)].some(({ ref }) => ref.name === name), {
    what: `${name} is out of view`,
  });

const waitsFor = (...names: readonly string[]) => ({
  type: 'waiting',
  reason: `waiting for completion of PreDelete hook ${names.map((name) => `ConfigMap ${namespace}/${name}`).join(', ')}`,
});

describe('the hooks of a deletion', () => {
  it('run wave after wave, each created once', async () => {
    const app = appWith('waves', 'uid-waves');
    const hooks = [inWave('w-late', 1), inWave('w-early', 0)];
    const running = contextOf({ app, health: { 'w-early': 'Progressing' } });
    expect(await runDeleteHooks(running, 'PreDelete', hooks)).toEqual(waitsFor('w-early'));
    const { uid } = (await live('w-early'))?.metadata ?? {};
    expect(await runDeleteHooks(running, 'PreDelete', hooks)).toEqual(waitsFor('w-early'));
    expect((await live('w-early'))?.metadata).toMatchObject({ uid, finalizers: [finalizers.hook] });
    expect(await exists('w-late')).toEqual([false]);

    expect(await runDeleteHooks(contextOf({ app }), 'PreDelete', hooks)).toEqual(waitsFor('w-late'));
    expect(await runDeleteHooks(contextOf({ app }), 'PreDelete', hooks)).toEqual({ type: 'finished' });
    expect(await runDeleteHooks(contextOf({ app }), 'PostDelete', hooks)).toEqual({ type: 'finished' });
  });

  it('are made anew where an earlier Application left one, or somebody deleted one that failed', async () => {
    const hooks = [hookOf('anew')];
    const before = appWith('anew', 'uid-before');
    const after = appWith('anew', 'uid-after');
    await runDeleteHooks(contextOf({ app: before }), 'PreDelete', hooks);
    const uids = [(await live('anew'))?.metadata.uid];
    await runDeleteHooks(contextOf({ app: after }), 'PreDelete', hooks);
    await isOut('anew');
    await runDeleteHooks(contextOf({ app: after }), 'PreDelete', hooks);
    uids.push((await live('anew'))?.metadata.uid);

    const failing = contextOf({ app: after, health: { anew: 'Degraded' } });
    expect(await runDeleteHooks(failing, 'PreDelete', hooks)).toMatchObject({
      type: 'failed',
      message: `PreDelete hook ConfigMap ${namespace}/anew failed. Delete it to have it run again.`,
    });
    await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'anew', namespace });
    await poll(
      () =>
        [...started.view.topLevelIn(namespace)].some(
          ({ ref, isTerminating }) => ref.name === 'anew' && isTerminating,
        ),
      {
        what: 'the hook is seen to go',
      },
    );
    await runDeleteHooks(failing, 'PreDelete', hooks);
    await isOut('anew');
    expect(await runDeleteHooks(failing, 'PreDelete', hooks)).toEqual(waitsFor('anew'));
    uids.push((await live('anew'))?.metadata.uid);
    expect(new Set(uids).size).toBe(3);
  });

  it('are none of them made while the project forbids one', async () => {
    const narrow: AppProject = {
      ...project,
      spec: { ...project.spec, namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] },
    };
    const context = contextOf({ app: appWith('narrow', 'uid-narrow'), project: narrow });
    const hooks = [hookOf('permitted'), hookOf('forbidden', {}, 'Secret')];
    expect(await runDeleteHooks(context, 'PreDelete', hooks)).toEqual({
      type: 'failed',
      message: `PreDelete hook Secret ${namespace}/forbidden: resource :Secret is not permitted in project default`,
    });
    expect(await exists('permitted')).toEqual([false]);
  });

  it('go in the end as their policies say, and are held no longer', async () => {
    const context = contextOf({ app: appWith('tidy', 'uid-tidy') });
    const policy = (name: string, policies: string): KubeObject =>
      hookOf(name, { 'argocd.argoproj.io/hook-delete-policy': policies });
    const hooks = [policy('t-good', 'HookSucceeded'), policy('t-bad', 'HookFailed'), hookOf('t-anew')];
    await runDeleteHooks(context, 'PreDelete', hooks);
    await tidyDeleteHooks(context, 'PreDelete', hooks);
    await poll(async () => (await live('t-good')) === undefined, { what: 'the hook that succeeded is gone' });
    for (const name of ['t-bad', 't-anew']) expect((await live(name))?.metadata.finalizers).toBeUndefined();
  });
});
