import { describe, expect, it } from 'vitest';
import { limitMemory } from './memory-limit.ts';

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const exportSection = [7, 5, 1, 1, 0x6d, 2, 0];
const memoryOf = (...limits: readonly number[]): Buffer =>
  Buffer.from([...header, 5, limits.length + 1, 1, ...limits, ...exportSection]);
const pages = (count: number): number => count * 65_536;

describe('limitMemory', () => {
  it('sets a limit where there was none, and the rest stays', () => {
    const limited = limitMemory(memoryOf(0, 2), pages(300));
    expect([...limited]).toEqual([...header, 5, 5, 1, 1, 2, 0xac, 0x02, ...exportSection]);
  });

  it('replaces a limit', () => {
    expect([...limitMemory(memoryOf(1, 2, 9), pages(4))]).toEqual([
      ...header,
      5,
      4,
      1,
      1,
      2,
      4,
      ...exportSection,
    ]);
  });

  it.each([
    ['no module', Buffer.from('text')],
    ['no memory', Buffer.from([...header, ...exportSection])],
    ['a start beyond the limit', memoryOf(0, 9)],
    ['a cut', memoryOf(0, 2).subarray(0, 9)],
  ])('refuses %s', (_name, module) => {
    expect(() => limitMemory(module, pages(4))).toThrow(/WebAssembly/);
  });
});
