import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cache } from '@tiphys/ports';
import { poll } from '../processes/index.ts';

export interface CacheUnderTest {
  readonly cache: Cache;
  close(): Promise<void>;
}

/** What every Cache must do. `start` makes an empty one. */
export function cacheContract(name: string, start: () => Promise<CacheUnderTest>): void {
  describe(`Cache contract: ${name}`, () => {
    let subject: CacheUnderTest;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject.close());

    it('misses what was never set', async () => {
      expect(await subject.cache.get('never')).toBeUndefined();
    });

    it.each([
      ['empty', ''],
      ['unicode', 'λ ☃ 🚀 \u0000 end'],
      ['JSON', JSON.stringify({ a: [1, 2, { b: 'c' }] })],
      ['large', 'manifest '.repeat(200_000)],
    ])('gives back an %s value as it was', async (label, value) => {
      await subject.cache.set(`value:${label}`, value, 60_000);
      expect(await subject.cache.get(`value:${label}`)).toBe(value);
    });

    it('replaces a value and its life', async () => {
      await subject.cache.set('replaced', 'old', 60_000);
      await subject.cache.set('replaced', 'new', 60_000);
      expect(await subject.cache.get('replaced')).toBe('new');
    });

    it('keeps keys apart, whatever is in them', async () => {
      const keys = ['a', 'a|b', 'a:b', 'a b', 'a\nb', '__proto__', 'constructor', 'á', 'k'.repeat(2_000)];
      await Promise.all(keys.map((key, index) => subject.cache.set(key, `value ${index}`, 60_000)));
      const values = await Promise.all(keys.map((key) => subject.cache.get(key)));
      expect(values).toEqual(keys.map((_, index) => `value ${index}`));
    });

    it('deletes one, many, none and what is not there', async () => {
      await subject.cache.set('gone-1', 'x', 60_000);
      await subject.cache.set('gone-2', 'x', 60_000);
      await subject.cache.set('kept', 'x', 60_000);
      await subject.cache.delete('gone-1', 'gone-2', 'was-not-there');
      await subject.cache.delete();
      expect(await subject.cache.get('gone-1')).toBeUndefined();
      expect(await subject.cache.get('gone-2')).toBeUndefined();
      expect(await subject.cache.get('kept')).toBe('x');
    });

    it('ends a value after its time to live', async () => {
      await subject.cache.set('short', 'x', 40);
      await subject.cache.set('long', 'x', 60_000);
      await poll(async () => (await subject.cache.get('short')) === undefined, {
        what: 'the short value to end',
        timeoutMs: 5_000,
      });
      expect(await subject.cache.get('long')).toBe('x');
    });

    it('does not keep what has no time to live', async () => {
      await subject.cache.set('dead', 'x', 0);
      expect(await subject.cache.get('dead')).toBeUndefined();
    });

    it('serves many at once', async () => {
      const keys = Array.from({ length: 200 }, (_, index) => `many:${index}`);
      await Promise.all(keys.map((key) => subject.cache.set(key, key.toUpperCase(), 60_000)));
      const values = await Promise.all(keys.map((key) => subject.cache.get(key)));
      expect(values).toEqual(keys.map((key) => key.toUpperCase()));
    });
  });
}
