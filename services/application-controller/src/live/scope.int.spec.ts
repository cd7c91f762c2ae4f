import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearerAuthorization } from '@tiphys/adapter-kube';
import { keyOf, type KubeObject, type ResourceKey } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { fetchLive } from '../compare/fetch-live.ts';
import type { Target } from '../compare/targets.ts';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';
import type { ClusterViewOptions } from './cluster-view.ts';

const app = `scope-${randomBytes(3).toString('hex')}`;
const filters = {
  exclusions: [],
  inclusions: [{ apiGroups: [''], kinds: ['ConfigMap', 'Secret', 'Namespace'] }],
};

let kube: KubeAccess;
let mine = '';
let theirs = '';
/** May read config maps of `mine` and nothing else. */
let token = '';

beforeAll(async () => {
  kube = await sharedKubeEnv();
  mine = (await kube.createNamespace('mine')).name;
  theirs = (await kube.createNamespace('theirs')).name;
  token = await kube.createServiceAccountToken(mine, 'reader');
  await kube.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader', namespace: mine },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
  } as never);
  await kube.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader', namespace: mine },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: mine }],
  } as never);
  for (const namespace of [mine, theirs])
    await kube.apply(managedMap(app, { namespace, name: 'settings' }) as never);
});

afterAll(async () => {
  for (const name of [mine, theirs]) await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name });
});

const asReader = (view: Partial<ClusterViewOptions>): Promise<StartedView> =>
  startView(kube, filters, { authorizer: bearerAuthorization(token), tls: { ca: kube.caPem }, view });

function target(kind: string, namespace: string, name: string): Target {
  const ref = { group: '', kind, namespace, name };
  const metadata = namespace === '' ? { name } : { name, namespace };
  return { key: keyOf(ref), ref, version: 'v1', object: { apiVersion: 'v1', kind, metadata } };
}

const namesOf = ({ view }: StartedView): readonly string[] =>
  view.managed(app).map(({ ref }) => `${ref.kind} ${ref.namespace}`);

const liveOf = async (started: StartedView, what: Target): Promise<ReadonlyMap<ResourceKey, KubeObject>> =>
  fetchLive(started.view, [what]);

describe('a cluster that is given in part', () => {
  it('is watched in the given namespaces alone, and what lies outside is refused by name', async () => {
    const started = await asReader({ scope: { namespaces: [mine], clusterResources: false } });
    try {
      expect(namesOf(started)).toEqual([`ConfigMap ${mine}`]);
      await expect(liveOf(started, target('ConfigMap', theirs, 'settings'))).rejects.toThrow(
        `Failed to load live state: namespace "${theirs}" for ConfigMap "settings" is not managed`,
      );
      await expect(liveOf(started, target('Namespace', '', theirs))).rejects.toThrow(
        `Failed to load live state: cluster level Namespace "${theirs}" can not be managed when in namespaced mode`,
      );
      const live = await liveOf(started, target('ConfigMap', mine, 'settings'));
      expect([...live.values()].map(({ metadata }) => metadata.name)).toEqual(['settings']);
      await kube.apply(managedMap(app, { namespace: mine, name: 'more' }) as never);
      await poll(() => namesOf(started).length === 2, { what: 'the new object is in view' });
      await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'more', namespace: mine });
      await poll(() => namesOf(started).length === 1, { what: 'it is gone again' });
    } finally {
      await started.view.close();
    }
  });

  it('is watched in several namespaces, and cluster-scoped kinds only where they were given', async () => {
    const namespaces = [mine, theirs];
    const started = await startView(kube, filters, {
      view: { scope: { namespaces, clusterResources: true } },
    });
    try {
      expect([...namesOf(started)].sort()).toEqual([`ConfigMap ${mine}`, `ConfigMap ${theirs}`].sort());
      expect(started.view.get(target('Namespace', '', theirs).key)).toBeDefined();
      expect(started.view.topLevelIn('kube-system')).toEqual([]);
      await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace: theirs });
      await poll(() => namesOf(started).length === 1, { what: 'what went in one is gone' });
      await kube.apply(managedMap(app, { namespace: theirs, name: 'settings' }) as never);
    } finally {
      await started.view.close();
    }
  });
});

describe('kinds that may not be listed', () => {
  const secret = () => target('Secret', mine, 'absent');

  it('are trouble for Applications that use them, with the reason', async () => {
    const started = await asReader({ scope: { namespaces: [mine], clusterResources: false } });
    try {
      await expect(liveOf(started, secret())).rejects.toThrow(
        /^Failed to load live state: Secret cannot be listed: secrets is forbidden/u,
      );
    } finally {
      await started.view.close();
    }
  });

  it.each(['normal', 'strict'] as const)('are left out where RBAC is respected: %s', async (respectRbac) => {
    const started = await asReader({ scope: { namespaces: [mine], clusterResources: false }, respectRbac });
    try {
      const secrets = started.view.kinds.find({ group: '', version: 'v1', kind: 'Secret' });
      await poll(() => started.view.troubleOf(secrets) === undefined, { what: 'secrets are left out' });
      expect(started.view.failureOf(secrets)).toContain('secrets is forbidden');
      // What the object itself says to a reader stays an error.
      await expect(liveOf(started, secret())).rejects.toThrow(
        /Secret .*absent: secrets "absent" is forbidden/u,
      );
      expect(namesOf(started)).toEqual([`ConfigMap ${mine}`]);
    } finally {
      await started.view.close();
    }
  });
});
