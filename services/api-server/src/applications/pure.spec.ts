import { describe, expect, it } from 'vitest';
import type { Application, JsonObject } from '@tiphys/model';
import { checkUserAgent } from '../api/user-agent.ts';
import { resourceOverrides } from '../settings/resource-overrides.ts';
import { LatestQueue } from './latest-queue.ts';
import { maskManagedResource, maskObject } from './mask.ts';
import { applyPatchText } from './patch.ts';
import { parseSelector } from './selector.ts';
import { sourcesToSync } from './sync-sources.ts';

describe('parseSelector', () => {
  const labels = { app: 'web', tier: 'front', 'a.b/c': '1', empty: '' };
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app=web, tier = back', false],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['tier in (front,back)', true],
    ['tier in ( back )', false],
    ['tier notin (back)', true],
    ['missing notin (a)', true],
    ['a.b/c=1', true],
    ['empty=', true],
    ['tier in (front,back),app=web', true],
  ])('%s', (text, expected) => expect(parseSelector(text)(labels)).toBe(expected));

  it.each(['(((', 'a b', '=x', 'a in', '-a=b'])('refuses %s', (text) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'unknown' }));
  });
});

describe('sourcesToSync', () => {
  const app = (spec: object): Application =>
    ({ metadata: {}, spec: { destination: {}, project: '', ...spec } }) as Application;
  const a = { repoURL: 'a', targetRevision: 'main' };
  const b = { repoURL: 'b' };

  it('asks for the revision of the request, and syncs the source as it is', () => {
    expect(sourcesToSync(app({ source: a }), { revision: 'v1' }, false)).toEqual({
      multiple: false,
      all: [{ source: a, asked: { ...a, targetRevision: 'v1' } }],
    });
  });

  it('counts positions from one', () => {
    const { all } = sourcesToSync(
      app({ sources: [a, b] }),
      { sourcePositions: [2], revisions: ['v2'] },
      false,
    );
    expect(all.map(({ asked }) => asked.targetRevision)).toEqual(['main', 'v2']);
  });

  it.each([
    [{ sourcePositions: [0], revisions: ['x'] }, 'source position 0 is not between 1 and 2'],
    [{ sourcePositions: [3], revisions: ['x'] }, 'source position 3 is not between 1 and 2'],
    [{ sourcePositions: [1], revisions: [] }, 'source positions and revisions must be of the same number'],
  ])('refuses %j', (request, message) => {
    expect(() => sourcesToSync(app({ sources: [a, b] }), request, false)).toThrow(message);
  });

  it.each([
    [a, 'v1', false, 'Cannot sync to v1: auto-sync currently set to main'],
    [b, 'v1', false, 'Cannot sync to v1: auto-sync currently set to HEAD'],
    [a, 'v1', true, undefined],
    [a, 'main', false, undefined],
    [b, 'HEAD', false, undefined],
  ])('under auto-sync of %j to %s, dry run %s', (source, revision, dryRun, message) => {
    const sync = (): unknown =>
      sourcesToSync(app({ source, syncPolicy: { automated: {} } }), { revision }, dryRun);
    if (message === undefined) expect(sync).not.toThrow();
    else expect(sync).toThrow(message);
  });
});

describe('masking', () => {
  const secret = (data: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data,
  });

  it('replaces every value of a Secret and leaves other objects alone', () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } };
    expect(maskObject(config)).toBe(config);
    expect(maskObject({ ...secret({ a: 'eA==' }), stringData: { b: 'y' } })).toEqual({
      ...secret({ a: '++++++++' }),
      stringData: { b: '++++++++' },
    });
  });

  it('masks equal values of a key alike and different ones apart, over all states', () => {
    const item = maskManagedResource({
      kind: 'Secret',
      name: 's',
      diff: 'secret',
      targetState: JSON.stringify(secret({ a: '1', b: '1' })),
      liveState: JSON.stringify(secret({ a: '2', b: '1' })),
    });
    expect([item['targetState'], item['liveState'], item['diff']]).toEqual([
      JSON.stringify(secret({ a: '++++++++', b: '++++++++' })),
      JSON.stringify(secret({ a: '++++++++++++', b: '++++++++' })),
      '',
    ]);
  });

  it('reaches into the annotation that repeats the object, and hides what it cannot read', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const masked = (text: string): unknown =>
      (
        maskObject({ ...secret({}), metadata: { annotations: { [key]: text } } })['metadata'] as {
          annotations: JsonObject;
        }
      ).annotations[key];
    expect(masked(JSON.stringify(secret({ a: 'x' })))).toBe(JSON.stringify(secret({ a: '++++++++' })));
    expect(masked('{"data":{"a":"x"')).toBe('++++++++');
  });

  it('masks annotations that are said to be secret, alike in all states and in the last applied one', () => {
    const annotations = { key: 'canary', open: 'yes' };
    const state = { apiVersion: 'v1', kind: 'Secret', metadata: { annotations } };
    const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(state) };
    const live = { ...state, metadata: { annotations: { ...annotations, ...lastApplied } } };
    const item = { kind: 'Secret', targetState: JSON.stringify(state), liveState: JSON.stringify(live) };
    const masked = maskManagedResource(item, ['key', 'none']);
    expect(JSON.stringify(masked)).not.toContain('canary');
    for (const text of [masked['targetState'], masked['liveState']])
      expect(JSON.parse(typeof text === 'string' ? text : '')).toMatchObject({
        metadata: { annotations: { key: '++++++++', open: 'yes' } },
      });
    expect(JSON.stringify(maskObject(state, ['key']))).not.toContain('canary');
  });

  it('keeps the text null', () => {
    expect(maskManagedResource({ kind: 'Secret', liveState: 'null' })).toEqual({
      kind: 'Secret',
      liveState: 'null',
    });
  });
});

describe('applyPatchText', () => {
  it('leaves the document it was given as it was', () => {
    const document = { a: { b: 1 } };
    expect(applyPatchText(document, { type: 'json', text: '[{"op":"remove","path":"/a/b"}]' })).toEqual({
      a: {},
    });
    expect(applyPatchText(document, { type: 'merge', text: '{"a":null}' })).toEqual({});
    expect(document).toEqual({ a: { b: 1 } });
  });

  it.each([
    ['json', '{}', 'error decoding json patch: a JSON patch is a list of operations'],
    ['json', '[{"op":"remove","path":"/nope"}]', /^error applying patch: /],
    ['json', '[{"op":"add","path":"/__proto__/x","value":1}]', /^error applying patch: /],
    ['merge', '[]', 'error applying patch: the result is no object'],
  ])('refuses %s %s', (type, text, message) => {
    expect(() => applyPatchText({}, { type, text })).toThrow(message);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('LatestQueue', () => {
  const collect = async (queue: LatestQueue<string>): Promise<readonly string[]> => {
    const seen: string[] = [];
    for await (const value of queue) seen.push(value);
    return seen;
  };

  it('keeps the order of keys and one value each', async () => {
    const stop = new AbortController();
    const queue = new LatestQueue<string>(stop.signal, (waiting, next) => `${waiting}+${next}`);
    queue.put('a', '1');
    queue.put('b', '2');
    queue.put('a', '3');
    const seen = collect(queue);
    await new Promise((resolve) => setImmediate(resolve));
    queue.put('c', '4');
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await seen).toEqual(['1+3', '2', '4']);
  });

  it('ends at once for a reader who is gone already', async () => {
    const queue = new LatestQueue<string>(AbortSignal.abort(), (_waiting, next) => next);
    queue.put('a', '1');
    expect(await collect(queue)).toEqual([]);
  });
});

describe('checkUserAgent', () => {
  it.each(['', 'curl/8', 'argocd-client/v1.4.0', 'argocd-client/v3.5.1+unknown grpc-go/1.80.0'])(
    'takes %s',
    (agent) => {
      expect(() => checkUserAgent(agent)).not.toThrow();
    },
  );
  it.each(['argocd-client/1.3.9', 'argocd-client/v0.12.0 grpc-go/1', 'grpc-go/1.15.0', 'grpc-go/1.10.0'])(
    'refuses %s',
    (agent) => {
      expect(() => checkUserAgent(agent)).toThrow(expect.objectContaining({ code: 'failed-precondition' }));
    },
  );
});

describe('resourceOverrides', () => {
  const rules = (text: string): string =>
    `jqPathExpressions: null\njsonPointers:${text}\nmanagedFieldsManagers: null\n`;

  it('ignores the status of every kind by default', () => {
    expect(resourceOverrides({})).toEqual({
      '*/*': { ignoreDifferences: rules('\n- /status'), ignoreResourceUpdates: rules('\n- /status') },
    });
    expect(resourceOverrides({ 'resource.compareoptions': 'ignoreResourceStatusField: none' })).toEqual({});
  });

  it('lets split keys win over the single key', () => {
    const overrides = resourceOverrides({
      'resource.compareoptions': 'ignoreResourceStatusField: none',
      'resource.customizations': 'apps/Deployment:\n  health.lua: old\n  actions: a\n',
      'resource.customizations.health.apps_Deployment': 'new',
      'resource.customizations.useOpenLibs.apps_Deployment': 'true',
      'resource.customizations.ignoreDifferences.ConfigMap': 'jsonPointers: [/data]',
      'resource.customizations.nonsense.ConfigMap': 'x',
    });
    expect(overrides).toEqual({
      'apps/Deployment': {
        'health.lua': 'new',
        'health.lua.useOpenLibs': true,
        actions: 'a',
        ignoreDifferences: rules(' null'),
        ignoreResourceUpdates: rules(' null'),
      },
      ConfigMap: { ignoreDifferences: rules('\n- /data'), ignoreResourceUpdates: rules(' null') },
    });
  });

  it('survives YAML that is none', () => {
    expect(
      resourceOverrides({ 'resource.customizations': '{', 'resource.compareoptions': '[' }),
    ).toHaveProperty('*/*');
  });
});
