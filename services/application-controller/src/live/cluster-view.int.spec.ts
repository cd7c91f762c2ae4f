import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearerAuthorization } from '@tiphys/adapter-kube';
import { keyOf, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startTcpProxy } from '@tiphys/testing/tcp-proxy';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';

const run = randomBytes(3).toString('hex');
const group = `view-${run}.example.com`;
const app = `view-${run}`;
const filters = { exclusions: [], inclusions: [{ apiGroups: ['', 'apps', 'apiextensions.k8s.io', group] }] };

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('view')).name;
  started = await startView(kube, filters);
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const keyOfMap = (name: string) => keyOf({ group: '', kind: 'ConfigMap', namespace, name });
const apply = (object: KubeObject): Promise<unknown> => kube.apply(object as never);
const map = (name: string, value?: string): KubeObject => managedMap(app, { namespace, name }, value);

const becomes = (what: string, check: () => boolean): Promise<boolean> =>
  poll(check, { what, timeoutMs: 20_000 });

const crd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `boats.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Boat', plural: 'boats', singular: 'boat', listKind: 'BoatList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('the view of a cluster', () => {
  it('follows an object that comes, changes and goes, and tells its Application', async () => {
    await apply(map('followed'));
    await becomes('the object is in view', () => started.view.get(keyOfMap('followed')) !== undefined);
    expect(started.told).toContain(`root ${app}`);
    await apply(map('followed', '2'));
    await becomes(
      'the change is in view',
      () =>
        (started.view.get(keyOfMap('followed'))?.object?.['data'] as { v?: string } | undefined)?.v === '2',
    );
    expect(started.view.managed(app).map(({ ref }) => ref.name)).toEqual(['followed']);
    await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'followed', namespace });
    await becomes('the object is gone', () => started.view.managed(app).length === 0);
  });

  it('takes in own writes at once and tells nobody of them', async () => {
    const { view } = started;
    const written = await view.api.create(
      view.kinds.find({ group: '', version: 'v1', kind: 'ConfigMap' }),
      map('own'),
    );
    view.observe(written);
    // The watch may have been faster than the answer; from here on it must not tell the same again.
    const before = started.told.length;
    expect(view.get(keyOfMap('own'))?.object).toBeDefined();
    // Another object after it proves that the watch has passed it.
    await apply(managedMap(`${app}-other`, { namespace, name: 'later' }));
    await becomes('the later object is told', () => started.told.includes(`root ${app}-other`));
    expect(started.told.slice(before)).not.toContain(`root ${app}`);
  });

  it('tells the Application that lost an object to another, even where we wrote it', async () => {
    const { view } = started;
    await apply(map('taken'));
    await becomes('the object is in view', () => view.get(keyOfMap('taken')) !== undefined);
    const before = started.told.length;
    const resource = view.kinds.find({ group: '', version: 'v1', kind: 'ConfigMap' });
    const { metadata } = managedMap(`${app}-thief`, { namespace, name: 'taken' });
    const body = { metadata: { annotations: metadata.annotations ?? {} } };
    view.observe(await view.api.patch(resource, { name: 'taken', namespace }, { type: 'merge', body }));
    expect(started.told.slice(before)).toContain(`root ${app}`);
    expect(view.managed(`${app}-thief`).map(({ ref }) => ref.name)).toEqual(['taken']);
  });

  it('is not told by a late answer to a write of what went meanwhile', async () => {
    const { view } = started;
    await apply(map('late'));
    await becomes('the object is in view', () => view.get(keyOfMap('late')) !== undefined);
    const resource = view.kinds.find({ group: '', version: 'v1', kind: 'ConfigMap' });
    const body = { data: { v: 'last' } };
    const answer = await view.api.patch(resource, { name: 'late', namespace }, { type: 'merge', body });
    await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'late', namespace });
    await becomes('the object is gone', () => view.get(keyOfMap('late')) === undefined);
    view.observe(answer);
    expect(view.get(keyOfMap('late'))).toBeUndefined();
  });

  it('sees a kind that comes while it runs, its objects, and its end', async () => {
    const { view } = started;
    const kindsBefore = started.kindsTold();
    await kube.applyAll([crd] as never);
    await becomes('the kind is known', () => view.kinds.has({ group, version: 'v1', kind: 'Boat' }));
    expect(started.kindsTold()).toBeGreaterThan(kindsBefore);
    const key = keyOf({ group, kind: 'Boat', namespace, name: 'first' });
    await apply({
      apiVersion: `${group}/v1`,
      kind: 'Boat',
      metadata: {
        name: 'first',
        namespace,
        annotations: { 'argocd.argoproj.io/tracking-id': `${app}:${group}/Boat:${namespace}/first` },
      },
    });
    await becomes('the object of the new kind is in view', () => view.get(key) !== undefined);
    await kube.remove({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: `boats.${group}`,
    });
    await becomes('the kind is forgotten', () => !view.kinds.has({ group, version: 'v1', kind: 'Boat' }));
    await becomes('its objects are gone', () => view.get(key) === undefined);
  });

  it('looks up children and drops what a deletion was accepted for only when it is gone', async () => {
    const { view } = started;
    await apply(map('parent'));
    await becomes('the parent is in view', () => view.get(keyOfMap('parent')) !== undefined);
    const parent = view.get(keyOfMap('parent'));
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: parent?.uid ?? '' };
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'child', namespace, ownerReferences: [owner] },
    });
    await becomes('the child is in view', () => view.hasChildren(owner.uid));
    expect(view.childrenOf(owner.uid).map(({ ref }) => ref.name)).toEqual(['child']);
    expect(started.told).toContain(`child ${app}`);
    view.expectDeletion(keyOfMap('parent'), owner.uid);
    expect(view.get(keyOfMap('parent'))?.isTerminating).toBe(true);
  });

  it('leaves out what the filters leave out and names nothing as failed', () => {
    const { view } = started;
    const job = { group: 'batch', version: 'v1', kind: 'Job' };
    expect(view.kinds.has(job)).toBe(true);
    expect(view.failureOf(view.kinds.find(job))).toBeUndefined();
    expect(() => view.kinds.find({ group: 'no.example.com', version: 'v1', kind: 'No' })).toThrow(
      'failed to discover server resources for group version no.example.com/v1',
    );
  });

  it('names the kinds that it may not list, and comes up without them', async () => {
    const token = await kube.createServiceAccountToken(namespace, 'nobody');
    const limited = await startView(kube, filters, {
      authorizer: bearerAuthorization(token),
      tls: { ca: kube.caPem },
    });
    try {
      const configMaps = limited.view.kinds.find({ group: '', version: 'v1', kind: 'ConfigMap' });
      expect(limited.view.failureOf(configMaps)).toContain('configmaps is forbidden');
      expect(limited.view.objectCount).toBe(0);
    } finally {
      await limited.view.close();
    }
  });

  it('drops what went while it could not watch', async () => {
    const link = await startTcpProxy(Number(new URL(kube.apiUrl).port));
    const remote = await startView(kube, filters, { server: `https://127.0.0.1:${link.port}` });
    try {
      await apply(map('left'));
      await apply(map('lasting'));
      await becomes('both are in view', () =>
        ['left', 'lasting'].every((name) => remote.view.get(keyOfMap(name)) !== undefined),
      );
      link.cut();
      await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'left', namespace });
      link.heal();
      await becomes('what went is gone', () => remote.view.get(keyOfMap('left')) === undefined);
      expect(remote.view.get(keyOfMap('lasting'))).toBeDefined();
    } finally {
      await remote.view.close();
      await link.close();
    }
  });
});
