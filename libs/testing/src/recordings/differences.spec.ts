import { describe, expect, it } from 'vitest';
import { differencesOf, unexplained } from './differences.ts';
import { misplacedTransitions } from './transitions.ts';
import { recordedNames } from './translation.ts';

describe('differences from a recording', () => {
  it.each<[string, unknown, unknown, readonly string[]]>([
    ['nothing', { a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }, []],
    ['a value', { a: 1 }, { a: 2 }, ['a']],
    ['what is absent', { a: {} }, {}, ['a']],
    ['what is too much', {}, { a: { b: 1 } }, ['a']],
    ['an item', { a: [{ b: 1 }] }, { a: [{ b: 1 }, { b: 2 }] }, ['a[1]']],
    ['a placeholder', { at: '<ts-3>', by: 'uid <uid-1>.' }, { at: '2026', by: 'uid abc.' }, []],
    ['text around a placeholder', { by: 'uid <uid-1>.' }, { by: 'uid abc!' }, ['by']],
  ])('%s', (_name, recorded, ours, paths) => {
    expect(differencesOf(recorded, ours).map(({ path }) => path)).toEqual(paths);
  });

  it('are explained by known ones, which must show', () => {
    const differences = differencesOf({ a: { b: 1 }, c: 1 }, { a: { b: 2 }, c: 2 });
    const known = [
      { path: 'a', reason: 'r' },
      { path: 'gone', reason: 'r' },
      { path: 'perhaps', reason: 'r', mayBeAbsent: true as const },
    ];
    expect(unexplained(differences, known)).toEqual({
      news: [{ path: 'c', recorded: 1, ours: 2 }],
      stale: [{ path: 'gone', reason: 'r' }],
    });
  });
});

describe('names of a recording', () => {
  it('take the place of ours, and times become placeholders', () => {
    expect(
      recordedNames({ at: '2026-01-02T03:04:05Z', url: 'http://x:1/shop.git' }, [['http://x:1', 'http://r']]),
    ).toEqual({ at: '<ts-0>', url: 'http://r/shop.git' });
  });
});

describe('transitions', () => {
  const recorded = [
    { sync: 'OutOfSync' },
    { sync: 'OutOfSync', phase: 'Running' },
    { sync: 'OutOfSync', phase: 'Succeeded', message: 'done' },
    { sync: 'Synced', phase: 'Succeeded', message: 'done' },
  ];

  it('may be left out', () => {
    expect(misplacedTransitions(recorded, [{ sync: 'OutOfSync' }, ...recorded.slice(3)])).toEqual([]);
  });

  it('must be in their order', () => {
    expect(misplacedTransitions(recorded, [{ sync: 'Synced' }, { sync: 'OutOfSync' }])).toEqual([
      { aspect: 'sync', moment: { sync: 'OutOfSync' } },
    ]);
  });

  it('must have been recorded', () => {
    expect(misplacedTransitions(recorded, [{ sync: 'OutOfSync', phase: 'Failed', message: 'no' }])).toEqual([
      { aspect: 'operation', moment: { phase: 'Failed', message: 'no' } },
    ]);
  });
});
