import { describe, expect, it } from 'vitest';
import { keyOf, refOf, type KubeObject, type ResourceResult } from '@tiphys/model';
import { planSync, taskIdOf } from '@tiphys/sync-plan';
import type { LiveObject } from '../live/live-object.ts';
import { settlePrunes } from './settle-prunes.ts';

const mapNamed = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'web' },
});

const noted = (name: string, more: Partial<ResourceResult> = {}): ResourceResult => ({
  ...refOf(mapNamed(name)),
  version: 'v1',
  syncPhase: 'Sync',
  hookPhase: 'Running',
  ...more,
});

const view = (live: readonly string[]) => ({
  get: (key: string) =>
    live.some((name) => keyOf(refOf(mapNamed(name))) === key) ? ({} as LiveObject) : undefined,
});

const settle = (result: ResourceResult, live: readonly string[], wanted: readonly string[] = []) => {
  const results = new Map([[taskIdOf(result), result]]);
  const pairs = wanted.map((name) => {
    const ref = refOf(mapNamed(name));
    return { key: keyOf(ref), ref, version: 'v1', live: mapNamed(name) };
  });
  settlePrunes(results, planSync(pairs, { prune: true }), view(live));
  return [...results.values()].map(({ status, message, hookPhase }) => [status, message, hookPhase]);
};

describe('prunes that were noted before a crash', () => {
  it.each([
    ['is gone', noted('a'), [], [], [['Pruned', 'pruned', 'Succeeded']]],
    ['is still to be pruned', noted('a'), ['a'], ['a'], [[undefined, undefined, 'Running']]],
    ['is there and wanted no more gone', noted('a'), ['a'], [], []],
    ['is a hook', noted('a', { hookType: 'Sync' }), [], [], [[undefined, undefined, 'Running']]],
    ['was applied', noted('a', { status: 'Synced' }), [], [], [['Synced', undefined, 'Running']]],
  ])('the object %s', (_what, result, live, wanted, expected) => {
    expect(settle(result, live, wanted)).toEqual(expected);
  });
});
