import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKeyOf, open, randomCacheKey, seal } from './index.ts';

const key = cacheKeyOf('k'.repeat(32));
const context = 'tiphys|v1|manifests';
const now = 1_000_000;
const request = { key, context, expiresAt: now + 1_000, gzipFrom: 100 };

describe('seal', () => {
  it('opens to what was sealed, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 500 }), async (value) => {
        expect(await open(await seal(value, request), { key, context, now })).toBe(value);
      }),
    );
  });

  it('does not open after any one byte changed', async () => {
    const sealed = await seal('kind: ConfigMap', request);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(await open(changed, { key, context, now })).toBeUndefined();
    }
  });

  it('does not open under another key, another name or after its end', async () => {
    const sealed = await seal('value', request);
    expect(await open(sealed, { key: randomCacheKey(), context, now })).toBeUndefined();
    expect(await open(sealed, { key, context: `${context}2`, now })).toBeUndefined();
    expect(await open(sealed, { key, context, now: request.expiresAt + 1 })).toBeUndefined();
    expect(await open(sealed, { key, context, now: request.expiresAt })).toBe('value');
  });

  it('does not open garbage of any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await open(Buffer.from(bytes), { key, context, now })).toBeUndefined();
      }),
    );
  });

  it('makes large text small', async () => {
    expect((await seal('manifest '.repeat(10_000), request)).length).toBeLessThan(2_000);
  });
});

describe('cacheKeyOf', () => {
  it('refuses a short key', () => {
    expect(() => cacheKeyOf('short', 'the file x')).toThrow(/the file x has 5 bytes, at least 32/);
  });
});
