import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJq } from '@tiphys/adapter-go-wasm';
import {
  asJson,
  FIELD_MANAGER,
  keyOfObject,
  type Application,
  type ApplicationSpec,
  type JsonObject,
  type KubeObject,
} from '@tiphys/model';
import type { Comparison } from '@tiphys/diff';
import type { Jq } from '@tiphys/ports';
import { defaultDiffSettings, type DiffSettings } from '@tiphys/settings';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { startMutatingWebhook, type AdmissionWebhook } from '@tiphys/testing/webhooks';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { startView, type StartedView } from '../testing/start-view.ts';
import { DiffCache, type DiffPair } from './diff-cache.ts';

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';

let kube: KubeAccess;
let home: TestNamespace;
let started: StartedView;
let webhook: AdmissionWebhook;
let jq: Jq;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  home = await kube.createNamespace('compare');
  started = await startView(kube);
  jq = createJq({ wasmPath: await ensureGoWasm() });
  webhook = await startMutatingWebhook({
    kube,
    name: `compare-${home.name}`,
    namespace: home.name,
    resources: ['configmaps', 'deployments'],
    mutate: ({ object }) => {
      if (object.metadata.name === 'denied') return { deny: 'not on a Friday' };
      if (object.kind !== 'ConfigMap') return [];
      const { labels } = object.metadata;
      const path = '/metadata/labels';
      return labels === undefined
        ? [{ op: 'add', path, value: { injected: 'yes' } }]
        : [{ op: 'add', path: `${path}/injected`, value: 'yes' }];
    },
  });
}, 180_000);

afterAll(async () => {
  await webhook.close();
  await started.view.close();
  await jq.close();
  await home.remove();
});

const appOf = (spec: Partial<ApplicationSpec> = {}, marks: Record<string, string> = {}): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd', annotations: marks },
  spec: { project: 'default', destination: {}, ...spec },
});
const onServer = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };

const cacheWith = (settings: Partial<DiffSettings> = {}, serverSideDiff = false): DiffCache =>
  new DiffCache({
    settings: (
      (all) => () =>
        all
    )({ ...defaultDiffSettings, ...settings }),
    jq: (expressions, documents) => jq.deleteAll(expressions, documents),
    serverSideDiff,
  });

const configMap = (name: string, data: JsonObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: home.name },
  data,
});
const pathOf = (object: KubeObject): string =>
  `/api/v1/namespaces/${home.name}/configmaps/${object.metadata.name ?? ''}`;
const applied = (object: KubeObject, manager: string = FIELD_MANAGER): Promise<KubeObject> =>
  kube.request<KubeObject>(
    'PATCH',
    `${pathOf(object)}?fieldManager=${manager}&force=true`,
    asJson(object),
    APPLY,
  );
const edited = (object: KubeObject, body: object): Promise<KubeObject> =>
  kube.request<KubeObject>('PATCH', `${pathOf(object)}?fieldManager=somebody`, body, MERGE);

async function compare(cache: DiffCache, pair: DiffPair, app: Application): Promise<Comparison> {
  const results = await cache.compareAll([pair], { app, view: started.view });
  const result = results.get(keyOfObject(pair.target));
  if (result === undefined) throw new Error('nothing was compared');
  return result;
}

const dryRunsOf = (name: string): number =>
  webhook.reviews.filter(({ isDryRun, object }) => isDryRun && object.metadata.name === name).length;

describe('predictions of the API server', () => {
  it('leave out what a webhook adds, unless the Application wants to see it', async () => {
    const target = configMap('mutated', { a: '1' });
    const live = await kube.request<KubeObject>(
      'PATCH',
      `${pathOf(target)}?fieldManager=${FIELD_MANAGER}`,
      asJson(target),
      APPLY,
    );
    const withoutLabel = await edited(target, { metadata: { labels: { own: 'x' } } });
    expect(live.metadata.labels).toEqual({ injected: 'yes' });
    expect((await compare(cacheWith(), { target, live: withoutLabel }, appOf({}, onServer))).synced).toBe(
      true,
    );
    const bare = { ...withoutLabel, metadata: { ...withoutLabel.metadata, labels: { own: 'x' } } };
    expect((await compare(cacheWith(), { target, live: bare }, appOf({}, onServer))).synced).toBe(true);
    const both = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true, IncludeMutationWebhook=true' };
    expect((await compare(cacheWith(), { target, live: bare }, appOf({}, both))).changedPaths).toEqual([
      '/metadata/labels/injected',
    ]);
  });

  it('show what changes, what comes and what goes', async () => {
    await applied(configMap('drifting', { a: '1', gone: 'x' }));
    const live = await edited(configMap('drifting', {}), { data: { a: '2', foreign: 'y' } });
    const target = configMap('drifting', { a: '1', new: 'z' });
    const { changedPaths } = await compare(cacheWith({}, true), { target, live }, appOf());
    expect([...changedPaths].sort()).toEqual(['/data/a', '/data/gone', '/data/new']);
  });

  it('are asked for once for an object that rests, and again on a refresh', async () => {
    const target = configMap('resting', { a: '1' });
    const live = await applied(target);
    const cache = cacheWith({}, true);
    for (let i = 0; i < 5; i += 1) await compare(cache, { target, live }, appOf());
    expect(dryRunsOf('resting')).toBe(1);
    const news = await edited(target, { data: { b: '2' } });
    await compare(cache, { target, live: news }, appOf());
    expect(dryRunsOf('resting')).toBe(2);
    const statusNews = { ...news, metadata: { ...news.metadata, resourceVersion: '1' }, status: { seen: 1 } };
    await compare(cache, { target, live: statusNews }, appOf());
    expect(dryRunsOf('resting')).toBe(2);
    await compare(cache, { target, live: news }, appOf({}, { 'argocd.argoproj.io/refresh': 'normal' }));
    expect(dryRunsOf('resting')).toBe(3);
  });

  it('are turned off by the Application', async () => {
    const target = configMap('off', { a: '1' });
    const live = await applied(target);
    const off = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=false' };
    expect((await compare(cacheWith({}, true), { target, live }, appOf({}, off))).synced).toBe(true);
    expect(dryRunsOf('off')).toBe(0);
  });

  it('obey ignore rules, jq among them', async () => {
    await applied(configMap('ignored', { a: '1', b: '1' }));
    const live = await edited(configMap('ignored', {}), { data: { a: '2', b: '2' } });
    const target = configMap('ignored', { a: '1', b: '1' });
    const rules = [
      { kind: 'ConfigMap', jsonPointers: ['/data/a'] },
      { kind: 'ConfigMap', jqPathExpressions: ['.data | .b'] },
    ];
    const cache = cacheWith({ ignoreDifferences: rules.slice(0, 1) });
    expect((await compare(cache, { target, live }, appOf({}, onServer))).changedPaths).toEqual(['/data/b']);
    const app = appOf({ ignoreDifferences: rules.slice(1) }, onServer);
    expect((await compare(cache, { target, live }, app)).synced).toBe(true);
  });

  it('that the server refuses fail the comparison, naming the object and the reason', async () => {
    const target = configMap('denied', { a: '1' });
    const live = { ...target, metadata: { ...target.metadata, uid: 'u', resourceVersion: '1' } };
    await expect(compare(cacheWith({}, true), { target, live }, appOf())).rejects.toThrow(
      /Failed to compare desired state to live state: .*denied.*not on a Friday/su,
    );
  });
});

describe('rules', () => {
  const live = (data: JsonObject): KubeObject => {
    const object = configMap('r', data);
    return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } };
  };

  it('of the settings and of the Application are joined; new settings compare anew', async () => {
    let settings = defaultDiffSettings;
    const cache = new DiffCache({
      settings: () => settings,
      jq: (expressions, documents) => jq.deleteAll(expressions, documents),
      serverSideDiff: false,
    });
    const pair = { target: configMap('r', { a: '1', b: '1' }), live: live({ a: '2', b: '2' }) };
    const app = appOf({ ignoreDifferences: [{ kind: 'ConfigMap', jsonPointers: ['/data/b'] }] });
    expect((await compare(cache, pair, app)).changedPaths).toEqual(['/data/a']);
    expect(await compare(cache, pair, app)).toBe(await compare(cache, pair, app));
    settings = { ...settings, ignoreDifferences: [{ group: '*', kind: '*', jsonPointers: ['/data/a'] }] };
    expect((await compare(cache, pair, app)).synced).toBe(true);
  });

  it('with a jq expression that does not end fail their own comparison within 2 s, and no other', async () => {
    const bomb = appOf({ ignoreDifferences: [{ kind: 'ConfigMap', jqPathExpressions: ['def f: f; f'] }] });
    const good = appOf({ ignoreDifferences: [{ kind: 'ConfigMap', jqPathExpressions: ['.data | .a'] }] });
    const pair = { target: configMap('r', { a: '1' }), live: live({ a: '2' }) };
    await compare(cacheWith(), pair, good);
    const start = performance.now();
    const failing = compare(cacheWith(), pair, bomb).then(
      () => 'compared',
      (error: Error) => error.message,
    );
    expect((await compare(cacheWith(), pair, good)).synced).toBe(true);
    expect(await failing).toMatch(/ConfigMap.*jq expression 'def f: f; f' was stopped/u);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('keep live values for what is applied', async () => {
    const app = appOf({ ignoreDifferences: [{ kind: 'ConfigMap', jqPathExpressions: ['.data | .a'] }] });
    const pair = { target: configMap('r', { a: '1', b: '1' }), live: live({ a: '2', b: '2' }) };
    expect((await cacheWith().withIgnoredFromLive(pair, app))['data']).toEqual({ a: '2', b: '1' });
  });
});

describe('many objects', () => {
  it('are compared in slices: nothing else waits long', async () => {
    const pairs = Array.from({ length: 5_000 }, (_, index) => {
      const target = configMap(`m${index}`, { v: 'x'.repeat(200), n: String(index) });
      const changed = { ...target, data: { v: 'y'.repeat(200) } };
      const metadata = { ...target.metadata, uid: `u${index}`, resourceVersion: '1' };
      return { target, live: { ...changed, metadata } };
    });
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const results = await cacheWith().compareAll(pairs, { app: appOf(), view: started.view });
    clearInterval(ticking);
    expect(results.size).toBe(5_000);
    expect(longest).toBeLessThan(150);
  });
});
