import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependentsOf, findCycle, parseDependencies, type Dependencies } from './index.ts';

const graphOf =
  (edges: Readonly<Record<string, readonly string[]>>): Dependencies =>
  (key) =>
    edges[key] ?? [];

describe('parseDependencies', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, []],
    ['', []],
    ['db', ['argocd/db']],
    [' db , team/cache,,db ', ['argocd/db', 'team/cache']],
  ])('%s', (text, expected) => expect(parseDependencies(text, 'argocd')).toEqual(expected));
});

describe('findCycle', () => {
  it.each<[string, Readonly<Record<string, readonly string[]>>, readonly string[] | undefined]>([
    ['none', { a: ['b'], b: ['c'] }, undefined],
    ['itself', { a: ['a'] }, ['a', 'a']],
    ['two', { a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
    ['five', { a: ['b'], b: ['c'], c: ['d'], d: ['e'], e: ['a'] }, ['a', 'b', 'c', 'd', 'e', 'a']],
    ['the shortest of two', { a: ['b', 'd'], b: ['c'], c: ['a'], d: ['a'] }, ['a', 'd', 'a']],
    ['one that it only leads to', { a: ['b'], b: ['c'], c: ['b'] }, undefined],
    ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'] }, undefined],
  ])('%s', (_name, edges, expected) => expect(findCycle('a', graphOf(edges))).toEqual(expected));

  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const graphs = fc.dictionary(fc.constantFrom(...names), fc.subarray(names), { noNullPrototype: true });

  /** What can be reached in any number of steps, by the slow way. */
  const reachable = (
    edges: Readonly<Record<string, readonly string[]>>,
    from: string,
  ): ReadonlySet<string> => {
    let found = new Set(edges[from] ?? []);
    for (let i = 0; i < names.length; i += 1)
      found = new Set([...found, ...[...found].flatMap((key) => edges[key] ?? [])]);
    return found;
  };

  it('finds one exactly where an Application leads back to itself, and it is a real one', () =>
    fc.assert(
      fc.property(graphs, fc.constantFrom(...names), (edges, start) => {
        const cycle = findCycle(start, graphOf(edges));
        expect(cycle !== undefined).toBe(reachable(edges, start).has(start));
        for (const [at, key] of (cycle ?? []).entries())
          if (at > 0) expect(edges[cycle?.[at - 1] ?? '']).toContain(key);
        if (cycle !== undefined) expect(new Set(cycle).size).toBe(cycle.length - 1);
      }),
    ));

  it('finds none where each depends only on those before it', () =>
    fc.assert(
      fc.property(graphs, fc.constantFrom(...names), (edges, start) => {
        const ordered = Object.fromEntries(
          Object.entries(edges).map(([key, all]) => [key, all.filter((one) => one < key)]),
        );
        expect(findCycle(start, graphOf(ordered))).toBeUndefined();
      }),
    ));

  it('tells everybody who leads to an Application', () =>
    fc.assert(
      fc.property(graphs, fc.constantFrom(...names), (edges, key) => {
        const direct: Dependencies = (of) => names.filter((name) => edges[name]?.includes(of) === true);
        const expected = names.filter((name) => reachable(edges, name).has(key));
        expect([...dependentsOf(key, direct)].sort()).toEqual(expected);
      }),
    ));
});
