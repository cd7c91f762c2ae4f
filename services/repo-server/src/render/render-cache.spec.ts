import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Cache } from '@tiphys/ports';
import type { RenderPlan } from './plan.ts';
import { RenderCache, toRendered, type Freshness, type Rendered } from './render-cache.ts';

const normal: Freshness = { noCache: false, retryFailures: false };

const plan = (content: string, rest: Partial<RenderPlan> = {}): RenderPlan => ({
  sourceType: 'Helm',
  revision: 'r',
  refRevisions: {},
  content: [content],
  place: 'here',
  isCostly: true,
  render: () => Promise.resolve([]),
  ...rest,
});

function shared(): Cache & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (...keys) => Promise.resolve(keys.forEach((key) => values.delete(key))),
  };
}

const cacheWith = (far?: Cache): RenderCache =>
  new RenderCache({ shared: far, sharedTtlMs: 1_000, memoryBytes: 10_000, failureTtlMs: 60_000 });

function counting(render: () => Promise<Rendered>): { count: number; render: () => Promise<Rendered> } {
  const state = {
    count: 0,
    render: (): Promise<Rendered> => {
      state.count += 1;
      return render();
    },
  };
  return state;
}

const rendered = (value: string): Promise<Rendered> => Promise.resolve(toRendered([{ value }]));

describe('RenderCache', () => {
  it('renders once for all who ask for the same content', async () => {
    const cache = cacheWith();
    const work = counting(() => rendered('1'));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => cache.get(plan('a'), normal, work.render)),
    );
    await cache.get(plan('a', { place: 'elsewhere' }), normal, work.render);
    expect(work.count).toBe(1);
    expect(new Set(answers.map((answer) => answer.contentHash)).size).toBe(1);
    await cache.get(plan('b'), normal, work.render);
    expect(work.count).toBe(2);
  });

  it('finds in the shared cache what another replica rendered, unless it was cheap', async () => {
    const far = shared();
    const work = counting(() => rendered('ü'));
    const first = await cacheWith(far).get(plan('a'), normal, work.render);
    const second = await cacheWith(far).get(plan('a'), normal, work.render);
    expect(work.count).toBe(1);
    expect(second).toEqual(first);
    await cacheWith(far).get(plan('cheap', { isCostly: false }), normal, work.render);
    expect(far.values.size).toBe(1);
  });

  it('renders again and replaces what is cached when asked to', async () => {
    const far = shared();
    const cache = cacheWith(far);
    await cache.get(plan('a'), normal, () => rendered('old'));
    await cache.get(plan('a'), { ...normal, noCache: true }, () => rendered('new'));
    const again = await cache.get(plan('a'), normal, () => rendered('unused'));
    expect(Buffer.from(again.objectsJson).toString()).toBe('[{"value":"new"}]');
    expect([...far.values.values()]).toEqual(['[{"value":"new"}]']);
  });

  it('remembers a failure that content causes, for the place it happened at', async () => {
    const cache = cacheWith();
    const work = counting(() => Promise.reject(new TiphysError('invalid', 'bad')));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(cache.get(plan('a'), normal, work.render)).rejects.toThrow('bad');
    }
    expect(work.count).toBe(1);
    await expect(cache.get(plan('a', { place: 'there' }), normal, work.render)).rejects.toThrow('bad');
    expect(work.count).toBe(2);
    await expect(cache.get(plan('a'), { ...normal, retryFailures: true }, work.render)).rejects.toThrow();
    expect(work.count).toBe(3);
  });

  it('forgets failures that pass', async () => {
    const cache = cacheWith();
    const work = counting(() => Promise.reject(new TiphysError('unavailable', 'away')));
    await expect(cache.get(plan('a'), normal, work.render)).rejects.toThrow();
    await expect(cache.get(plan('a'), normal, work.render)).rejects.toThrow();
    expect(work.count).toBe(2);
    expect((await cache.get(plan('a'), normal, () => rendered('1'))).objectsJson.length).toBeGreaterThan(0);
  });
});
