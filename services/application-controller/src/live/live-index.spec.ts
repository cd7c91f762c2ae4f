import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject, OwnerReference } from '@tiphys/model';
import { defaultTracking } from '@tiphys/tracking';
import { LiveIndex } from './live-index.ts';
import { imagesOf, toLiveObject, type LiveObject } from './live-object.ts';

const owner = (of: LiveObject): OwnerReference => ({
  apiVersion: 'v1',
  kind: of.ref.kind,
  name: of.ref.name,
  uid: of.uid,
});

function live(
  kind: string,
  name: string,
  { tracked = '', owners = [] as OwnerReference[] } = {},
): LiveObject {
  const annotations: Record<string, string> =
    tracked === '' ? {} : { 'argocd.argoproj.io/tracking-id': `${tracked}:/${kind}:web/${name}` };
  return toLiveObject(
    {
      apiVersion: 'v1',
      kind,
      metadata: {
        name,
        namespace: 'web',
        uid: `uid-${name}`,
        resourceVersion: '1',
        annotations,
        ownerReferences: owners,
      },
    },
    { tracking: defaultTracking },
  );
}

const core = (kind: string, name: string, namespace = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, uid: `uid-${namespace}-${name}` },
});

const read = (object: KubeObject): LiveObject => toLiveObject(object, { tracking: defaultTracking });

describe('the index of live objects', () => {
  const index = new LiveIndex();
  const root = live('Deployment', 'root', { tracked: 'shop' });
  const middle = live('ReplicaSet', 'middle', { owners: [owner(root)] });
  const leaf = live('Pod', 'leaf', { owners: [owner(middle)] });
  const stray = live('Pod', 'stray');
  for (const object of [root, middle, leaf, stray]) index.put(object);

  it('finds objects by Application and by owner', () => {
    expect([...index.ofInstance('shop')]).toEqual([root]);
    expect([...index.childrenOf(root.uid)]).toEqual([middle]);
    expect([...index.ofInstance('other')]).toEqual([]);
  });

  it('finds the Application at the root of an owner chain', () => {
    expect([root, middle, leaf, stray].map((object) => index.rootInstanceOf(object))).toEqual([
      'shop',
      'shop',
      'shop',
      undefined,
    ]);
  });

  it('follows an object that changes its Application and forgets one that goes', () => {
    const moved = { ...root, instance: 'other' };
    index.put(moved);
    expect([[...index.ofInstance('shop')], [...index.ofInstance('other')]]).toEqual([[], [moved]]);
    index.remove(moved.key);
    expect([[...index.ofInstance('other')], index.rootInstanceOf(leaf), index.size]).toEqual([
      [],
      undefined,
      3,
    ]);
  });

  it('finds what belongs to an object without saying so', () => {
    const index = new LiveIndex();
    const set = read({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {
        name: 'db',
        namespace: 'web',
        uid: 'uid-db',
        annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/StatefulSet:web/db' },
      },
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    });
    const claim = read(core('PersistentVolumeClaim', 'data-db-0'));
    const other = read(core('PersistentVolumeClaim', 'logs-db-0'));
    const elsewhere = read({ ...core('PersistentVolumeClaim', 'data-db-0', 'far') });
    for (const object of [claim, other, elsewhere, set]) index.put(object);
    expect([...index.childrenOf(set.uid)]).toEqual([claim]);
    // Deleting the set does not wait for its claims.
    expect(index.hasChildren(set.uid)).toBe(false);
    expect([claim, other, elsewhere].map((object) => index.rootInstanceOf(object))).toEqual([
      'shop',
      undefined,
      undefined,
    ]);
    expect([...index.topLevelIn('web')].map(({ ref }) => ref.name).sort()).toEqual(['db', 'logs-db-0']);
    index.remove(set.key);
    expect([...index.topLevelIn('web')]).toEqual([claim, other]);
    index.remove(claim.key);
    index.put(set);
    expect([...index.childrenOf(set.uid)]).toEqual([]);
  });

  it('survives owners that own each other', () => {
    const a = live('X', 'a');
    const b = live('X', 'b', { owners: [owner(a)] });
    index.put(b);
    index.put({ ...a, owners: [owner(b)] });
    expect(index.rootInstanceOf(b)).toBeUndefined();
  });
});

describe('what is kept of an object', () => {
  it('is everything only where an Application tracks it', () => {
    expect([
      live('ConfigMap', 'a', { tracked: 'shop' }).object === undefined,
      live('ConfigMap', 'b').object,
    ]).toEqual([false, undefined]);
  });

  it('has the images of pods and of whatever holds a pod template', () => {
    const containers = [{ image: 'b' }, { image: 'a' }, { image: 'b' }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      spec: { containers, initContainers: [{ image: 'c' }] },
    } as KubeObject;
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {},
      spec: { jobTemplate: { spec: { template: { spec: { containers } } } } },
    } as KubeObject;
    expect([
      imagesOf(pod),
      imagesOf(cron),
      imagesOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
    ]).toEqual([['a', 'b', 'c'], ['a', 'b'], []]);
  });
});

describe('the order of events', () => {
  const root = live('Deployment', 'root', { tracked: 'shop' });
  const moved = live('Deployment', 'root', { tracked: 'other' });
  const middle = live('ReplicaSet', 'middle', { owners: [owner(root)] });
  const leaf = live('Pod', 'leaf', { owners: [owner(middle)] });
  const stray = live('Pod', 'stray');
  const all = [root, middle, leaf, stray];

  const stateOf = (index: LiveIndex): unknown => ({
    instances: ['shop', 'other'].map((name) => [...index.ofInstance(name)].map(({ key }) => key).sort()),
    children: all.map(({ uid }) => [...index.childrenOf(uid)].map(({ key }) => key).sort()),
    roots: all.map(({ key }) => {
      const object = index.get(key);
      return object === undefined ? 'gone' : index.rootInstanceOf(object);
    }),
    topLevel: [...index.topLevelIn('web')].map(({ key }) => key).sort(),
    size: index.size,
  });

  it('makes no difference for what the index holds in the end', () => {
    const event = fc.record({ object: fc.constantFrom(...all, moved), isGone: fc.boolean() });
    const last = fc.shuffledSubarray([moved, middle, leaf, stray]);
    fc.assert(
      fc.property(fc.array(event), last, (events, ending) => {
        const index = new LiveIndex();
        for (const { object, isGone } of events) {
          if (isGone) index.remove(object.key);
          else index.put(object);
        }
        for (const { key } of all) if (!ending.some((kept) => kept.key === key)) index.remove(key);
        for (const object of ending) index.put(object);
        const fresh = new LiveIndex();
        for (const object of ending.toReversed()) fresh.put(object);
        expect(stateOf(index)).toEqual(stateOf(fresh));
      }),
    );
  });
});
