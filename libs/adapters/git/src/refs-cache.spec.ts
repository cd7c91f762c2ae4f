import { describe, expect, it } from 'vitest';
import type { GitRefs } from '@tiphys/ports';
import { RefsCache } from './refs-cache.ts';

const answer = (head: string): GitRefs => ({ head, branches: {}, tags: {}, all: {} });

function remote(): {
  asks: number;
  ask: () => Promise<GitRefs>;
  answers: ((refs: GitRefs | Error) => void)[];
} {
  const state = {
    asks: 0,
    answers: [] as ((refs: GitRefs | Error) => void)[],
    ask: (): Promise<GitRefs> => {
      state.asks += 1;
      return new Promise((resolve, reject) => {
        state.answers.push((refs) => (refs instanceof Error ? reject(refs) : resolve(refs)));
      });
    },
  };
  return state;
}

describe('RefsCache', () => {
  it('shares a running question and its answer as long as it is young enough', async () => {
    let now = 0;
    const cache = new RefsCache(() => now);
    const far = remote();
    const both = [cache.get('k', 100, far.ask), cache.get('k', 100, far.ask)];
    far.answers[0]?.(answer('1'));
    expect((await Promise.all(both)).map((refs) => refs.head)).toEqual(['1', '1']);
    now = 99;
    await cache.get('k', 100, far.ask);
    expect(far.asks).toBe(1);
    now = 101;
    void cache.get('k', 100, far.ask);
    expect(far.asks).toBe(2);
  });

  it('asks once more for all who insist while a question runs', async () => {
    const cache = new RefsCache(() => 0);
    const far = remote();
    const first = cache.get('k', 0, far.ask);
    const insisting = [cache.get('k', 0, far.ask), cache.get('k', 0, far.ask)];
    far.answers[0]?.(answer('old'));
    expect((await first).head).toBe('old');
    await Promise.resolve();
    far.answers[1]?.(answer('new'));
    expect((await Promise.all(insisting)).map((refs) => refs.head)).toEqual(['new', 'new']);
    expect(far.asks).toBe(2);
  });

  it('remembers a failure for a short time, and not for those who insist', async () => {
    let now = 0;
    const cache = new RefsCache(() => now);
    const far = remote();
    const failing = cache.get('k', 60_000, far.ask);
    far.answers[0]?.(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    now = 9_000;
    await expect(cache.get('k', 60_000, far.ask)).rejects.toThrow('away');
    expect(far.asks).toBe(1);
    void cache.get('k', 0, far.ask);
    expect(far.asks).toBe(2);
    now = 21_000;
  });
});
