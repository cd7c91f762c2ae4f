import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finalizers, type Application, type AppProject, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { defaultTracking } from '@tiphys/tracking';
import type { AppContext } from '../compare/desired.ts';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';
import { cascading, deleteManaged, isHeldBack, withoutFinalizers } from './delete-application.ts';

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('deletion')).name;
  started = await startView(kube, { exclusions: [], inclusions: [{ apiGroups: [''] }] });
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const appWith = (...names: readonly string[]): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', finalizers: names },
  spec: { project: 'default', destination: { server: 'https://kubernetes.default.svc', namespace } },
});

const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default', namespace: 'argocd' },
  spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
};

const contextOf = (instance: string, app: Application, projectOfApp = project): AppContext => ({
  app,
  project: projectOfApp,
  instance,
  destination: { server: 'https://kubernetes.default.svc', name: 'in-cluster', namespace },
  view: started.view,
  tracking: defaultTracking,
  filters: { exclusions: [], inclusions: [] },
});

const instanceNamed = (name: string): string => `${name}-${namespace}`;

async function given(
  instance: string,
  maps: Readonly<Record<string, Record<string, string>>>,
): Promise<void> {
  for (const [name, annotations] of Object.entries(maps))
    await kube.apply(managedMap(instance, { namespace, name, annotations }) as never);
  const count = Object.keys(maps).length;
  await poll(() => started.view.managed(instance).length === count, { what: `${instance} is in view` });
}

const exists = async (name: string): Promise<boolean> =>
  (await kube.find<KubeObject>({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace })) !== undefined;

const wave = (number: number): Record<string, string> => ({ 'argocd.argoproj.io/sync-wave': String(number) });

describe('deletion with cascade', () => {
  it.each([
    [[finalizers.resources], true, []],
    [[finalizers.resourcesBackground, 'example.com/own'], true, ['example.com/own']],
    [['example.com/own'], false, ['example.com/own']],
    [[], false, []],
  ])('of an Application with %j', (names, isCascading, left) => {
    const app = appWith(...names);
    expect([isHeldBack(app), withoutFinalizers(app, cascading)]).toEqual([isCascading, left]);
  });

  it('deletes the highest wave first and ends when nothing is left', async () => {
    const instance = instanceNamed('waves');
    await given(instance, { low: wave(0), high: wave(2), higher: wave(2) });
    const context = contextOf(instance, appWith(finalizers.resources, 'example.com/own'));
    expect(await deleteManaged(context)).toMatchObject({ type: 'waiting' });
    await poll(() => started.view.managed(instance).length === 1, { what: 'the highest wave is gone' });
    expect([await exists('low'), await exists('high'), await exists('higher')]).toEqual([true, false, false]);
    expect(await deleteManaged(context)).toEqual({
      type: 'waiting',
      blockers: [`ConfigMap ${namespace}/low`],
    });
    await poll(() => started.view.managed(instance).length === 0, { what: 'all is gone' });
    expect(await deleteManaged(context)).toEqual({ type: 'finished' });
  });

  it('keeps what asks to be kept', async () => {
    const instance = instanceNamed('kept');
    await given(instance, {
      stays: { 'argocd.argoproj.io/sync-options': 'Delete=false' },
      'helm-stays': { 'helm.sh/resource-policy': 'keep' },
    });
    expect(await deleteManaged(contextOf(instance, appWith(finalizers.resources)))).toMatchObject({
      type: 'finished',
    });
    expect([await exists('stays'), await exists('helm-stays')]).toEqual([true, true]);
  });

  it('waits for an object that somebody else holds', async () => {
    const instance = instanceNamed('held');
    const object = managedMap(instance, { namespace, name: 'held' });
    await kube.apply({
      ...object,
      metadata: { ...object.metadata, finalizers: ['example.com/hold'] },
    } as never);
    await poll(() => started.view.managed(instance).length === 1, { what: 'the held object is in view' });
    const context = contextOf(instance, appWith(finalizers.resources));
    const waiting = {
      type: 'waiting',
      blockers: [`ConfigMap ${namespace}/held (finalizers example.com/hold)`],
    };
    expect([await deleteManaged(context), await deleteManaged(context)]).toEqual([waiting, waiting]);
    expect(await exists('held')).toBe(true);
    await kube.request(
      'PATCH',
      `/api/v1/namespaces/${namespace}/configmaps/held`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    await poll(() => started.view.managed(instance).length === 0, { what: 'the held object is gone' });
    expect(await deleteManaged(context)).toMatchObject({ type: 'finished' });
  });

  it('leaves what the project does not let it touch, CRDs, and what is the Application itself', async () => {
    const instance = instanceNamed('denied');
    await given(instance, { denied: {} });
    const narrow: AppProject = {
      ...project,
      spec: { ...project.spec, namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] },
    };
    const context = contextOf(instance, appWith(finalizers.resources), narrow);
    expect(await deleteManaged(context)).toEqual({ type: 'finished' });
    expect(await exists('denied')).toBe(true);
  });

  it('deletes nothing before somebody approved of what needs it', async () => {
    const instance = instanceNamed('confirm');
    await given(instance, {
      plain: {},
      careful: { 'argocd.argoproj.io/sync-options': 'Delete=confirm' },
    });
    const app = appWith(finalizers.resources);
    const at = (annotations: Record<string, string>): Application => ({
      ...app,
      metadata: { ...app.metadata, deletionTimestamp: '2026-01-01T00:00:10Z', annotations },
    });
    const approved = (time: string) => at({ 'argocd.argoproj.io/deletion-approved': time });
    const unconfirmed = { type: 'unconfirmed', objects: [`ConfigMap ${namespace}/careful`] };
    expect(await deleteManaged(contextOf(instance, at({})))).toEqual(unconfirmed);
    expect(await deleteManaged(contextOf(instance, approved('2026-01-01T00:00:09Z')))).toEqual(unconfirmed);
    expect([await exists('plain'), await exists('careful')]).toEqual([true, true]);
    expect(await deleteManaged(contextOf(instance, approved('2026-01-01T00:00:10Z')))).toMatchObject({
      type: 'waiting',
    });
    await poll(() => started.view.managed(instance).length === 0, { what: 'both are gone' });
  });
});
