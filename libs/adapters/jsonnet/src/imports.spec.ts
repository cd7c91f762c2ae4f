import { describe, expect, it } from 'vitest';
import { findImports } from './imports.ts';

describe('findImports', () => {
  it.each<[string, string[]]>([
    ['local a = import "x.libsonnet"; a', ['x.libsonnet']],
    ["importstr 'x.txt'", ['x.txt']],
    ['importbin"x"', ['x']],
    ['import @"a\\b""c"', ['a\\b"c']],
    ["import @'it''s'", ["it's"]],
    ['import "\\u002e\\u002e/x"', ['../x']],
    ['import "a\\"b"', ['a"b']],
    ['import // why\n /* because */ # so\n "x"', ['x']],
    ['import /* "y" */ "x"', ['x']],
    ['{ a: import "x", b: importstr "y" }', ['x', 'y']],
    ['// import "x"', ['x']],
    ['local important = 1; important', []],
    ['import ("x" + "y")', []],
    ['import |||\n  x\n|||', []],
    ['importstr "never closed', ['never closed']],
  ])('%s', (text, paths) => {
    expect(findImports(text).map((found) => found.path)).toEqual(paths);
  });

  it('tells code from data', () => {
    expect(findImports('[import "a", importstr "b", importbin "c"]').map((found) => found.kind)).toEqual([
      'code',
      'data',
      'data',
    ]);
  });

  it('stays quick on look-alikes inside each other', () => {
    const started = performance.now();
    findImports('//import\n'.repeat(100_000));
    findImports('import/*'.repeat(100_000));
    findImports(`${'import/*'.repeat(100_000)}*/`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
