import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordings } from '../recording.ts';
import { shares } from './index.ts';

const all = recordings();
const sourceOf = (spec: string): string =>
  readFileSync(resolve(import.meta.dirname, '..', '..', spec), 'utf8');

describe.runIf(all.length > 0)('the recorded invocations', () => {
  it('are each replayed by one spec, or it is said why not', () => {
    const owners = all.map(({ name, argv }) => [
      name,
      Object.keys(shares).filter((key) => shares[key]?.includes(argv)).length,
    ]);
    expect(owners.filter(([, count]) => count !== 1)).toEqual([]);
  });

  it.each(Object.entries(shares))('%s tells of none that it has not', (_key, { includes, otherwise }) => {
    const own = all.filter(({ argv }) => includes(argv)).map(({ name }) => name);
    expect(Object.keys(otherwise).filter((name) => !own.includes(name))).toEqual([]);
  });

  it.each(Object.entries(shares))('%s is replayed by its spec', (key, { spec }) => {
    expect(sourceOf(spec)).toContain(`replayedHere(${key})`);
  });
});
