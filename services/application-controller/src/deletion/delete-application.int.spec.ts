import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finalizers, type Application, type AppProject, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { defaultTracking } from '@tiphys/tracking';
import type { AppContext } from '../compare/desired.ts';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';
import { cascades, deleteManaged, otherFinalizers } from './delete-application.ts';

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
    expect([cascades(appWith(...names)), otherFinalizers(appWith(...names))]).toEqual([isCascading, left]);
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
    expect(await deleteManaged(context)).toEqual({ type: 'finished', finalizers: ['example.com/own'] });
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
    const waiting = { type: 'waiting', blockers: [`ConfigMap ${namespace}/held`] };
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

  it('says what the project does not let it delete', async () => {
    const instance = instanceNamed('denied');
    await given(instance, { denied: {} });
    const narrow: AppProject = {
      ...project,
      spec: { ...project.spec, namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] },
    };
    const deletion = await deleteManaged(contextOf(instance, appWith(finalizers.resources), narrow));
    expect(deletion).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('resource :ConfigMap is not permitted in project default') as string,
    });
    expect(await exists('denied')).toBe(true);
  });
});
