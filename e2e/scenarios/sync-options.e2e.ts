import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, KubeObject } from '@tiphys/model';
import {
  compared,
  configMap,
  editData,
  endOfOperation,
  givenTiphys,
  readyBalancer,
  sourceOf,
  syncToEnd,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { balancer, definitionOf, deployment, inWave } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({
    // Nobody looks by the clock, and waves follow at once.
    env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m', ARGOCD_SYNC_WAVE_DELAY: '0' },
  });
});

afterAll(() => tiphys.close());

/** The manifest with sync options of its own. */
const own = (yaml: string, options: string): string =>
  yaml.replace(
    'metadata:\n',
    `metadata:\n  annotations: { argocd.argoproj.io/sync-options: '${options}' }\n`,
  );

/** An Application of these files with these options, compared; syncs of it are by hand. */
async function given(
  name: string,
  files: Readonly<Record<string, string>>,
  syncOptions: readonly string[] = [],
): Promise<Application> {
  return compared(tiphys, name, { source: await sourceOf(tiphys, name, files), syncPolicy: { syncOptions } });
}

/** Changes files, waits until that is seen, and syncs with prune. */
async function change(name: string, files: Readonly<Record<string, string | null>>): Promise<Application> {
  const revision = await tiphys.git.commit(name, files, 'change');
  await tiphys.refresh(name);
  await tiphys.eventually(name, 'sees the commit', ({ status }) => status?.sync?.revision === revision);
  return syncToEnd(tiphys, name, { prune: true });
}

const ends = ({ status }: Application): object => {
  const { phase, message } = status?.operationState ?? {};
  return { phase, message };
};

/** What became of an object: status and message of its result. */
const resultOf = ({ status }: Application, name: string): readonly (string | undefined)[] | undefined => {
  const result = status?.operationState?.syncResult?.resources?.find((one) => one.name === name);
  return result && [result.status, result.message];
};

const mapIn = (name: string): Promise<KubeObject | undefined> => tiphys.live('v1', 'ConfigMap', name);

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const lastApplied = async (name: string): Promise<string | undefined> =>
  (await mapIn(name))?.metadata.annotations?.[LAST_APPLIED];

describe('objects that are not to go', () => {
  it('Given Prune=false, When git drops the object, Then it stays, and the Application is OutOfSync', async () => {
    const files = {
      'a.yaml': configMap('unpruned-a', '1'),
      'b.yaml': own(configMap('unpruned', '1'), 'Prune=false'),
    };
    await given('unpruned', files);
    await syncToEnd(tiphys, 'unpruned');
    const app = await change('unpruned', { 'b.yaml': null });
    expect(ends(app)).toMatchObject({ phase: 'Succeeded' });
    expect(resultOf(app, 'unpruned')).toEqual(['PruneSkipped', 'ignored (no prune)']);
    expect(await tiphys.data('unpruned')).toEqual({ v: '1' });
    expect(app.status?.sync?.status).toBe('OutOfSync');
  });

  it('Given Prune=false on the Application, When an object says Prune=true, Then only that one goes', async () => {
    const files = {
      'a.yaml': configMap('kept-a', '1'),
      'b.yaml': configMap('kept-b', '1'),
      'c.yaml': own(configMap('kept-c', '1'), 'Prune=true'),
    };
    await given('kept', files, ['Prune=false']);
    await syncToEnd(tiphys, 'kept');
    const app = await change('kept', { 'b.yaml': null, 'c.yaml': null });
    expect([resultOf(app, 'kept-b'), resultOf(app, 'kept-c')]).toEqual([
      ['PruneSkipped', 'ignored (no prune)'],
      ['Pruned', 'pruned'],
    ]);
    await tiphys.becomesLive('kept-c', undefined);
    expect(await tiphys.data('kept-b')).toEqual({ v: '1' });
  });

  it('Given Delete=false, When the Application is deleted, Then that object stays and the others go', async () => {
    const files = {
      'a.yaml': configMap('undeleted-a', '1'),
      'b.yaml': own(configMap('undeleted', '1'), 'Delete=false'),
    };
    await given('undeleted', files);
    await syncToEnd(tiphys, 'undeleted');
    await tiphys.deleteApplication('undeleted');
    await tiphys.isGone('undeleted');
    await tiphys.becomesLive('undeleted-a', undefined);
    expect(await tiphys.data('undeleted')).toEqual({ v: '1' });
  });

  it.each([
    ['foreground', false],
    ['background', false],
    ['orphan', true],
  ])(
    'Given PrunePropagationPolicy=%s, When a Deployment is pruned, Then its ReplicaSet stays: %s',
    async (policy, stays) => {
      const name = `prune-${policy}`;
      const files = { 'a.yaml': configMap(name, '1'), 'b.yaml': deployment(name, 'example.com/web:1') };
      await given(name, files, [`PrunePropagationPolicy=${policy}`]);
      await syncToEnd(tiphys, name);
      await poll(async () => (await replicaSets(name)).length === 1, { what: `${name} has a ReplicaSet` });
      const app = await change(name, { 'b.yaml': null });
      expect(resultOf(app, name)).toBeDefined();
      const isGone = async () => (await tiphys.live('apps/v1', 'Deployment', name)) === undefined;
      await poll(isGone, { what: `the Deployment ${name} is gone`, timeoutMs: 30_000 });
      if (!stays)
        await poll(async () => (await replicaSets(name)).length === 0, { what: `${name} left nothing` });
      else
        await poll(
          async () =>
            (await replicaSets(name)).some(({ metadata }) => metadata.ownerReferences === undefined),
          {
            what: `the ReplicaSet of ${name} has no owner`,
          },
        );
    },
  );

  const replicaSets = async (name: string): Promise<readonly KubeObject[]> => {
    const path = `/apis/apps/v1/namespaces/${tiphys.target}/replicasets?labelSelector=app%3D${name}`;
    return (await tiphys.kube.request<{ items: KubeObject[] }>('GET', path)).items;
  };
});

describe('what is applied at all', () => {
  it('Given ApplyOutOfSyncOnly, When one of two objects changes, Then only that one is applied', async () => {
    const files = { 'a.yaml': configMap('only-a', '1'), 'b.yaml': configMap('only-b', '1') };
    await given('only', files, ['ApplyOutOfSyncOnly=true']);
    await syncToEnd(tiphys, 'only');
    const app = await change('only', { 'b.yaml': configMap('only-b', '2') });
    expect(app.status?.operationState?.syncResult?.resources?.map(({ name }) => name)).toEqual(['only-b']);
    expect(await tiphys.data('only-b')).toEqual({ v: '2' });
    expect(app.status?.sync?.status).toBe('Synced');
  });

  it('Given a kind that comes during the sync, Then only SkipDryRunOnMissingResource lets it begin', async () => {
    const late = `apiVersion: late.example.com/v1\nkind: Late\nmetadata:\n  name: late\nspec: { size: 1 }\n`;
    await tiphys.kube.remove({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'lates.late.example.com',
    });
    await given('late', { 'a.yaml': balancer('late'), 'b.yaml': inWave(late, 1) });
    const refused = await syncToEnd(tiphys, 'late');
    expect(ends(refused)).toMatchObject({ phase: 'Failed', message: expect.stringContaining('not valid') });
    expect(resultOf(refused, 'late')?.[1]).toContain('Make sure the "Late" CRD is installed');
    expect(await tiphys.live('v1', 'Service', 'late')).toBeUndefined();

    await tiphys.patch('late', {
      spec: { syncPolicy: { syncOptions: ['SkipDryRunOnMissingResource=true'] } },
    });
    await tiphys.sync('late');
    await tiphys.eventually('late', 'waits for its first wave', ({ status }) =>
      /waiting for healthy state of \/Service\/late/u.test(status?.operationState?.message ?? ''),
    );
    await tiphys.kube.applyAll([definitionOf('late.example.com', 'Late')]);
    await readyBalancer(tiphys, 'late');
    expect(ends(await endOfOperation(tiphys, 'late'))).toMatchObject({ phase: 'Succeeded' });
    expect(await tiphys.live('late.example.com/v1', 'Late', 'late')).toMatchObject({ spec: { size: 1 } });
  });
});

describe('client-side apply', () => {
  it('Given no option, When an object is applied, Then the cluster remembers what was applied last', async () => {
    await given('applied', { 'a.yaml': configMap('applied', '1') });
    const app = await syncToEnd(tiphys, 'applied');
    expect(resultOf(app, 'applied')).toEqual(['Synced', 'configmap/applied created']);
    expect(JSON.parse((await lastApplied('applied')) ?? '')).toMatchObject({
      metadata: { name: 'applied', namespace: tiphys.target },
      data: { v: '1' },
    });
  });

  it('Given such an object, When git drops a field and somebody else adds one, Then only the first goes', async () => {
    await given('three', { 'a.json': mapOf('three', { a: '1', b: '1' }) });
    await syncToEnd(tiphys, 'three');
    await editData(tiphys, 'three', { mine: '1' });
    await change('three', { 'a.json': mapOf('three', { a: '2' }) });
    expect(await tiphys.data('three')).toEqual({ a: '2', mine: '1' });
  });
});

const mapOf = (name: string, data: Record<string, string>, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data, ...more });

describe('server-side apply', () => {
  const ownersOf = async (name: string): Promise<readonly string[]> => {
    const fields = (await mapIn(name))?.metadata.managedFields as
      { manager: string; operation: string }[] | undefined;
    return (fields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);
  };

  it('Given ServerSideApply, When another manager owns a field, Then that stays, and ours is ours', async () => {
    await given('served', { 'a.json': mapOf('served', { a: '1', b: '1' }) }, ['ServerSideApply=true']);
    const app = await syncToEnd(tiphys, 'served');
    expect(resultOf(app, 'served')).toEqual(['Synced', 'configmap/served serverside-applied']);
    await editData(tiphys, 'served', { a: 'theirs', mine: '1' });
    await change('served', { 'a.json': mapOf('served', { a: '2' }) });
    expect(await tiphys.data('served')).toEqual({ a: '2', mine: '1' });
    expect(await ownersOf('served')).toEqual(['argocd-controller Apply', 'somebody Update']);
    expect(await lastApplied('served')).toBeUndefined();
    await tiphys.becomesSynced('served');
  });

  it.each([
    ['moves the fields of kubectl, so that what git lacks goes', [], { a: '1' }],
    [
      'leaves them with ClientSideApplyMigration=false',
      ['ClientSideApplyMigration=false'],
      { a: '1', old: '1' },
    ],
  ])('Given an object that kubectl applied, Then the first apply %s', async (_name, more, data) => {
    const name = `migrated-${more.length}`;
    const before = JSON.parse(mapOf(name, { a: '0', old: '1' })) as KubeObject;
    const annotations = { [LAST_APPLIED]: JSON.stringify(before) };
    const path = `/api/v1/namespaces/${tiphys.target}/configmaps`;
    await tiphys.kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: tiphys.target });
    await tiphys.kube.request('POST', `${path}?fieldManager=kubectl-client-side-apply`, {
      ...before,
      metadata: { name, annotations },
    });
    await given(name, { 'a.json': mapOf(name, { a: '1' }) }, ['ServerSideApply=true', ...more]);
    await syncToEnd(tiphys, name);
    expect(await tiphys.data(name)).toEqual(data);
  });
});

describe('replace and force', () => {
  it('Given Replace=true, When somebody added fields, Then the object is exactly what git has', async () => {
    await given('replaced', { 'a.yaml': own(configMap('replaced', '1'), 'Replace=true') });
    await syncToEnd(tiphys, 'replaced');
    await editData(tiphys, 'replaced', { mine: '1' });
    const uid = (await mapIn('replaced'))?.metadata.uid;
    const app = await syncToEnd(tiphys, 'replaced');
    expect(resultOf(app, 'replaced')).toEqual(['Synced', 'configmap/replaced replaced']);
    expect(await tiphys.data('replaced')).toEqual({ v: '1' });
    expect((await mapIn('replaced'))?.metadata.uid).toBe(uid);
    expect(await lastApplied('replaced')).toBeUndefined();
  });

  it('Given a field that cannot change, When git changes it, Then only Force makes the object anew', async () => {
    const fixed = (value: string): string => mapOf('forced', { v: value }, { immutable: true });
    await given('forced', { 'a.json': fixed('1') });
    await syncToEnd(tiphys, 'forced');
    const uid = (await mapIn('forced'))?.metadata.uid;
    const refused = await change('forced', { 'a.json': fixed('2') });
    expect(ends(refused)).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('field is immutable when `immutable` is set') as string,
    });
    expect(await tiphys.data('forced')).toEqual({ v: '1' });

    const app = await syncToEnd(tiphys, 'forced', { strategy: { apply: { force: true } } });
    expect(ends(app)).toMatchObject({ phase: 'Succeeded' });
    expect(await tiphys.data('forced')).toEqual({ v: '2' });
    expect((await mapIn('forced'))?.metadata.uid).not.toBe(uid);

    const annotations = { 'argocd.argoproj.io/sync-options': 'Force=true' };
    const metadata = { name: 'forced', annotations };
    expect(
      ends(await change('forced', { 'a.json': mapOf('forced', { v: '3' }, { immutable: true, metadata }) })),
    ).toMatchObject({ phase: 'Succeeded' });
    expect(await tiphys.data('forced')).toEqual({ v: '3' });
  });
});

describe('RespectIgnoreDifferences', () => {
  it('Given a field that is to be ignored, When others change it, Then only with the option a sync leaves it', async () => {
    const ignoreDifferences = [{ kind: 'ConfigMap', jsonPointers: ['/data/loose'] }];
    await compared(tiphys, 'respect', {
      source: await sourceOf(tiphys, 'respect', { 'a.json': mapOf('respect', { v: '1', loose: '1' }) }),
      ignoreDifferences,
      syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
    });
    await syncToEnd(tiphys, 'respect');
    await editData(tiphys, 'respect', { loose: 'theirs' });
    await change('respect', { 'a.json': mapOf('respect', { v: '2', loose: '1' }) });
    expect(await tiphys.data('respect')).toEqual({ v: '2', loose: 'theirs' });
    await tiphys.patch('respect', { spec: { syncPolicy: null } });
    // The API takes the options of a sync from what it has watched.
    await poll(
      async () =>
        (await tiphys.rest.call<Application>('GET', '/api/v1/applications/respect')).spec.syncPolicy ===
        undefined,
      { what: 'the API knows of the change' },
    );
    await syncToEnd(tiphys, 'respect');
    expect(await tiphys.data('respect')).toEqual({ v: '2', loose: '1' });
  });
});

describe('two Applications that claim one object', () => {
  it('Given FailOnSharedResource, When the other one owns it, Then nothing is written, and both are named', async () => {
    await given('owning', { 'a.yaml': configMap('claimed', 'owner') });
    await syncToEnd(tiphys, 'owning');
    const files = { 'a.yaml': configMap('claimed', 'claimer'), 'b.yaml': configMap('claiming', '1') };
    await given('claiming', files, ['FailOnSharedResource=true']);
    await tiphys.hasCondition(
      'claiming',
      'SharedResourceWarning',
      /ConfigMap\/claimed .*claiming and owning/u,
    );
    const app = await syncToEnd(tiphys, 'claiming');
    expect(ends(app)).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(/Shared resource found: .*ConfigMap\/claimed/u) as string,
    });
    expect(await tiphys.data('claimed')).toEqual({ v: 'owner' });
    expect(await tiphys.data('claiming')).toBeUndefined();
  });
});

describe('CreateNamespace', () => {
  const labelsOf = async (name: string) =>
    (await tiphys.kube.find<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', name }))?.metadata.labels;

  it('Given managed metadata, When the Application is synced, Then its namespace has that beside what others set', async () => {
    const namespace = `${tiphys.target}-made`;
    const source = await sourceOf(tiphys, 'housed');
    await compared(tiphys, 'housed', {
      source,
      destination: { namespace },
      syncPolicy: {
        syncOptions: ['CreateNamespace=true'],
        managedNamespaceMetadata: { labels: { team: 'a', tier: '1' }, annotations: { note: 'x' } },
      },
    });
    await syncToEnd(tiphys, 'housed');
    expect(await labelsOf(namespace)).toMatchObject({ team: 'a', tier: '1' });
    expect(await tiphys.data('housed', namespace)).toEqual({ v: '1' });

    const path = `/api/v1/namespaces/${namespace}?fieldManager=somebody`;
    const mine = { metadata: { labels: { mine: '1' } } };
    await tiphys.kube.request('PATCH', path, mine, 'application/merge-patch+json');
    await tiphys.patch('housed', {
      spec: { syncPolicy: { managedNamespaceMetadata: { labels: { team: 'b', tier: null } } } },
    });
    await syncToEnd(tiphys, 'housed');
    const labels = await labelsOf(namespace);
    expect(labels).toMatchObject({ team: 'b', mine: '1' });
    expect(labels?.['tier']).toBeUndefined();

    await tiphys.deleteApplication('housed');
    await tiphys.isGone('housed');
    expect(await labelsOf(namespace)).toMatchObject({ team: 'b' });
  });

  it('Given no namespace and no option, When the Application is synced, Then it fails and says which is missing', async () => {
    const namespace = `${tiphys.target}-unmade`;
    await compared(tiphys, 'unhoused', {
      source: await sourceOf(tiphys, 'unhoused'),
      destination: { namespace },
    });
    const app = await syncToEnd(tiphys, 'unhoused');
    expect(ends(app)).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining(`namespaces "${namespace}" not found`) as string,
    });
  });
});
