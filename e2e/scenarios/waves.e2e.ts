import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import {
  auditLog,
  endOf,
  endOfOperation,
  givenTiphys,
  syncToEnd,
  type AuditLog,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { deploymentOf, jobOf, mapOf, yaml } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let audit: AuditLog;

beforeAll(async () => {
  audit = await auditLog();
  tiphys = await givenTiphys({ kube: { auditLogPath: audit.path }, env: { ARGOCD_SYNC_WAVE_DELAY: '0' } });
});

afterAll(async () => {
  await tiphys.close();
  await audit.remove();
});

const wave = (number: number): { readonly marks: { 'sync-wave': string } } => ({
  marks: { 'sync-wave': String(number) },
});

const inWave = (name: string, number: number, value = '1'): object => mapOf(name, value, wave(number));

const annotated = (number: number): object => ({ 'argocd.argoproj.io/sync-wave': String(number) });

type Policy = NonNullable<Application['spec']['syncPolicy']>;

async function given(name: string, objects: readonly object[], syncPolicy: Policy = {}): Promise<string> {
  const repoURL = await tiphys.repository(name, { 'all.yaml': yaml(...objects) });
  await tiphys.application(name, { source: { repoURL, path: '.', targetRevision: 'main' }, syncPolicy });
  await tiphys.eventually(name, 'was compared', ({ status }) => status?.sync?.status === 'OutOfSync');
  return repoURL;
}

async function commit(name: string, ...objects: readonly object[]): Promise<string> {
  const sha = await tiphys.git.commit(name, { 'all.yaml': yaml(...objects) }, 'next');
  await tiphys.refresh(name);
  await tiphys.eventually(name, `is compared with ${sha}`, ({ status }) => status?.sync?.revision === sha);
  return sha;
}

const ended = (name: string): Promise<Application> => endOfOperation(tiphys, name, 60_000);

const waits = (name: string, message: string): Promise<Application> =>
  tiphys.eventually(name, message, ({ status }) => status?.operationState?.message === message);

const good = { phase: 'Succeeded' };

/** What was created and deleted for an Application, in order. */
const doneFor = async (app: string): Promise<readonly string[]> =>
  (await audit.ofController(tiphys.target)).filter((line) => line.includes(`/${app}-`));

describe('waves', () => {
  it('Given objects in waves, When it is synced, Then each wave is healthy before the next begins', async () => {
    await given('order', [
      inWave('order-c', 5),
      inWave('order-a', -3),
      deploymentOf({ name: 'order-b', ...wave(1) }),
    ]);
    const app = await syncToEnd(tiphys, 'order');
    expect(endOf(app)).toMatchObject(good);
    expect(await doneFor('order')).toEqual([
      'create configmaps/order-a',
      'create deployments/order-b',
      'create configmaps/order-c',
    ]);
    const results = app.status?.operationState?.syncResult?.resources ?? [];
    expect(results.map(({ hookPhase }) => hookPhase)).toEqual(['Succeeded', 'Succeeded', 'Running']);
  });

  it('Given a wave that never gets healthy, Then the next never begins, until it is stopped or mended', async () => {
    const late = inWave('stuck-late', 1);
    await given('stuck', [deploymentOf({ name: 'stuck-web', fate: 'hang' }), late]);
    const message = 'waiting for healthy state of apps/Deployment/stuck-web';
    await tiphys.sync('stuck');
    await waits('stuck', message);
    await tiphys.rest.call('DELETE', '/api/v1/applications/stuck/operation');
    expect(endOf(await ended('stuck'))).toEqual({ phase: 'Failed', message: 'Operation terminated' });
    expect(await tiphys.data('stuck-late')).toBeUndefined();

    await commit('stuck', deploymentOf({ name: 'stuck-web' }), late);
    expect(endOf(await syncToEnd(tiphys, 'stuck'))).toMatchObject(good);
    expect(await tiphys.data('stuck-late')).toEqual({ v: '1' });
  });

  it('Given a wave that fails, Then the sync has failed and the next wave never begins', async () => {
    await given('broken', [jobOf({ name: 'broken-job', fate: 'fail' }), inWave('broken-late', 1)]);
    const app = await syncToEnd(tiphys, 'broken');
    expect(endOf(app)).toEqual({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
    });
    expect(await tiphys.data('broken-late')).toBeUndefined();
  });

  it('Given an object of a kind that there is not, Then nothing of an earlier wave is applied either', async () => {
    const alien = {
      apiVersion: 'example.com/v1',
      kind: 'Nothing',
      metadata: { name: 'alien', annotations: annotated(9) },
    };
    await given('aliens', [mapOf('aliens-own'), alien]);
    const { phase, message } = endOf(await syncToEnd(tiphys, 'aliens')) as Record<string, string>;
    expect(phase).toBe('Failed');
    expect(message).toMatch(
      /^one or more synchronization tasks are not valid: failed to discover .*example\.com\/v1/,
    );
    expect(await tiphys.data('aliens-own')).toBeUndefined();
  });

  it('Given a kind and an object of it, When they are synced at once, Then both are there', async () => {
    const names = { kind: 'Lighthouse', plural: 'lighthouses', singular: 'lighthouse' };
    const schema = {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { lamps: { type: 'integer' } } } },
      },
    };
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'lighthouses.waves.example.com' },
      spec: {
        group: 'waves.example.com',
        names,
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    const apiVersion = 'waves.example.com/v1';
    const own = {
      apiVersion,
      kind: 'Lighthouse',
      metadata: { name: 'pharos', annotations: annotated(-1) },
      spec: { lamps: 3 },
    };
    await given('kinds', [own, crd]);
    expect(endOf(await syncToEnd(tiphys, 'kinds'))).toMatchObject(good);
    expect(await tiphys.live(apiVersion, 'Lighthouse', 'pharos')).toMatchObject({ spec: { lamps: 3 } });
    await tiphys.becomesSynced('kinds');
  });
});

describe('pruning', () => {
  it('Given objects that git dropped, When they are pruned, Then the last wave goes first', async () => {
    const keep = mapOf('drop-keep');
    await given('drop', [keep, inWave('drop-a', 0), inWave('drop-b', 1), inWave('drop-c', 2)]);
    await syncToEnd(tiphys, 'drop');
    await commit('drop', keep);
    const left = await syncToEnd(tiphys, 'drop');
    expect(left.status?.operationState?.syncResult?.resources).toContainEqual(
      expect.objectContaining({
        name: 'drop-a',
        status: 'PruneSkipped',
        message: 'ignored (requires pruning)',
      }),
    );
    expect(await tiphys.data('drop-a')).toEqual({ v: '1' });
    expect(endOf(await syncToEnd(tiphys, 'drop', { prune: true }))).toMatchObject(good);
    expect((await doneFor('drop')).filter((line) => line.startsWith('delete'))).toEqual([
      'delete configmaps/drop-c',
      'delete configmaps/drop-b',
      'delete configmaps/drop-a',
    ]);
  });

  it('Given PruneLast, When something takes its place, Then it goes after that is there', async () => {
    const last = mapOf('last-old', '1', { marks: { 'sync-options': 'PruneLast=true' } });
    await given('last', [last]);
    await syncToEnd(tiphys, 'last');
    await commit('last', inWave('last-new', 3));
    expect(endOf(await syncToEnd(tiphys, 'last', { prune: true }))).toMatchObject(good);
    expect(await doneFor('last')).toEqual([
      'create configmaps/last-old',
      'create configmaps/last-new',
      'delete configmaps/last-old',
    ]);
  });

  it('Given Prune=false and Prune=confirm, Then one stays, and the other waits for somebody to approve', async () => {
    const keep = mapOf('asked-keep');
    const marked = (name: string, option: string): object =>
      mapOf(name, '1', { marks: { 'sync-options': option } });
    await given('asked', [
      keep,
      marked('asked-never', 'Prune=false'),
      marked('asked-first', 'Prune=confirm'),
      mapOf('asked-plain'),
    ]);
    await syncToEnd(tiphys, 'asked');
    await commit('asked', keep);
    await tiphys.sync('asked', { prune: true });
    await waits('asked', 'waiting for pruning confirmation of v1/ConfigMap/asked-first');
    for (const name of ['asked-first', 'asked-plain', 'asked-never'])
      expect(await tiphys.data(name)).toEqual({ v: '1' });
    // An approval counts from the second in which the operation began.
    const approved = new Date(Date.now() + 1_000).toISOString().replace(/\.\d+Z$/u, 'Z');
    await tiphys.patch('asked', {
      metadata: { annotations: { 'argocd.argoproj.io/deletion-approved': approved } },
    });
    const app = await ended('asked');
    expect(endOf(app)).toMatchObject(good);
    expect(app.status?.operationState?.syncResult?.resources).toContainEqual(
      expect.objectContaining({ name: 'asked-never', status: 'PruneSkipped', message: 'ignored (no prune)' }),
    );
    await tiphys.becomesLive('asked-first', undefined);
    await tiphys.becomesLive('asked-plain', undefined);
    expect(await tiphys.data('asked-never')).toEqual({ v: '1' });
  });
});

describe('a sync of a part', () => {
  it('Given named objects, Then only they are applied, without hooks and without a history', async () => {
    const labels = { tier: 'front' };
    await given('part', [
      mapOf('part-named'),
      mapOf('part-labelled', '1', { labels }),
      mapOf('part-other'),
      jobOf({ name: 'part-hook', marks: { hook: 'PreSync' } }),
    ]);
    const named = await syncToEnd(tiphys, 'part', {
      resources: [{ group: '', kind: 'ConfigMap', name: 'part-named' }],
    });
    expect(endOf(named)).toMatchObject(good);
    // A selection by label is made of what the manifests hold, as the CLI does it.
    const { manifests } = await tiphys.rest.call<{ manifests: string[] }>(
      'GET',
      '/api/v1/applications/part/manifests',
    );
    const chosen = manifests
      .map(
        (text) =>
          JSON.parse(text) as { kind: string; metadata: { name: string; labels?: { tier?: string } } },
      )
      .filter(({ metadata }) => metadata.labels?.tier === 'front')
      .map(({ kind, metadata }) => ({ group: '', kind, name: metadata.name }));
    const app = await syncToEnd(tiphys, 'part', { resources: chosen });
    expect(endOf(app)).toMatchObject(good);
    expect(await doneFor('part')).toEqual([
      'create configmaps/part-named',
      'create configmaps/part-labelled',
    ]);
    expect(await tiphys.live('batch/v1', 'Job', 'part-hook')).toBeUndefined();
    expect(app.status?.history).toBeUndefined();
  });

  it('Given a dry run, Then it tells what it would do and does nothing', async () => {
    await given('dry', [mapOf('dry-own'), jobOf({ name: 'dry-hook', marks: { hook: 'PreSync' } })]);
    const app = await syncToEnd(tiphys, 'dry', { dryRun: true });
    expect(endOf(app)).toEqual({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' });
    expect(app.status?.operationState?.syncResult?.resources).toContainEqual(
      expect.objectContaining({ name: 'dry-own', message: 'configmap/dry-own created (dry run)' }),
    );
    expect(await doneFor('dry')).toEqual([]);
    expect(app.status?.history).toBeUndefined();
  });
});

describe('an operation', () => {
  it('Given a retry policy, When a sync fails, Then it is tried again, until what it lacked is there', async () => {
    const backoff = { duration: '1s', factor: 1, maxDuration: '1s' };
    const target = `${tiphys.target}-later`;
    await tiphys.kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: target });
    await given('again', [{ ...mapOf('again-own'), metadata: { name: 'again-own', namespace: target } }], {
      retry: { limit: -1, backoff },
    });
    await tiphys.sync('again', { retryStrategy: { limit: -1, backoff } });
    await tiphys.eventually('again', 'announces another try', ({ status }) =>
      /Retrying attempt #\d+ at /.test(status?.operationState?.message ?? ''),
    );
    await tiphys.kube.request('POST', '/api/v1/namespaces', { metadata: { name: target } });
    const app = await ended('again');
    expect(endOf(app)).toMatchObject(good);
    expect(app.status?.operationState?.retryCount).toBeGreaterThan(0);
    expect(await tiphys.data('again-own', target)).toEqual({ v: '1' });
  });

  it('Given a limit of tries, When all of them fail, Then it has failed and says how often it tried', async () => {
    await given('spent', [mapOf('Not_Good')]);
    const backoff = { duration: '1s', factor: 1, maxDuration: '1s' };
    await tiphys.sync('spent', { retryStrategy: { limit: 1, backoff } });
    const { phase, message } = endOf(await ended('spent')) as Record<string, string>;
    expect(phase).toBe('Failed');
    expect(message).toMatch(/\(retried 1 times\)\.$/);
  });

  it('Given kubectl, When it writes an operation onto the resource, Then that is done', async () => {
    await given('byhand', [mapOf('byhand-own')]);
    await tiphys.patch('byhand', {
      operation: { initiatedBy: { username: 'ann' }, info: [{ name: 'why', value: 'test' }], sync: {} },
    });
    const app = await ended('byhand');
    expect(endOf(app)).toMatchObject(good);
    expect(app.status?.history?.[0]?.initiatedBy).toEqual({ username: 'ann' });
    expect(await tiphys.data('byhand-own')).toEqual({ v: '1' });
  });

  it('Given one that is under way, When another is asked for, Then that is refused', async () => {
    await given('busy', [deploymentOf({ name: 'busy-web', fate: 'hang' }), inWave('busy-late', 1)]);
    await tiphys.sync('busy');
    await waits('busy', 'waiting for healthy state of apps/Deployment/busy-web');
    const answer = await tiphys.rest.send<{ message?: string }>('POST', '/api/v1/applications/busy/sync', {
      name: 'busy',
    });
    expect(answer.body.message).toMatch(/another operation is already in progress/);
    await tiphys.patch('busy', { status: { operationState: { phase: 'Terminating' } } });
    expect(endOf(await ended('busy'))).toMatchObject({ message: 'Operation terminated' });
    await poll(async () => (await tiphys.data('busy-late')) === undefined, {
      what: 'the next wave never began',
    });
  });
});
