import { describe, expect, it } from 'vitest';
import { GoneObjects } from './gone-objects.ts';

describe('objects that went lately', () => {
  it('are known, the last thousand of them', () => {
    const gone = new GoneObjects();
    for (let n = 0; n < 2_000; n += 1) gone.add(`uid-${n}`);
    expect([gone.has('uid-0'), gone.has('uid-1900'), gone.has('uid-1999')]).toEqual([false, true, true]);
  });

  it('have a uid', () => {
    const gone = new GoneObjects();
    gone.add('');
    expect(gone.has('')).toBe(false);
  });
});
