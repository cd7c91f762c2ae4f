import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

describe('compileGlob', () => {
  it.each<[string, string, boolean]>([
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'sub/a.yaml', true],
    ['*.yaml', 'a.yml', false],
    ['{*.yml,*.yaml}', 'a.yml', true],
    ['{config.json,env-usw2/*}', 'env-usw2/deep/a.yaml', true],
    ['{config.json,env-usw2/*}', 'env-use1/a.yaml', false],
    ['{a{b,c},d}', 'ac', true],
    ['{a{b,c},d}', 'a', false],
    ['sub/**', 'sub/x/y.yaml', true],
    ['sub/**', 'sub', false],
    ['?.yaml', 'a.yaml', true],
    ['?.yaml', 'ab.yaml', false],
    ['[ab].yaml', 'b.yaml', true],
    ['[!ab].yaml', 'b.yaml', false],
    ['[a-c].yaml', 'c.yaml', true],
    ['a.yaml', 'aXyaml', false],
    ['a(b)+c|d.yaml', 'a(b)+c|d.yaml', true],
    ['\\*.yaml', '*.yaml', true],
    ['\\*.yaml', 'a.yaml', false],
    ['a,b.yaml', 'a,b.yaml', true],
    ['*', 'line\nbreak', true],
  ])('%s over %s: %s', (pattern, path, matches) => {
    expect(compileGlob(pattern)?.(path)).toBe(matches);
  });

  it.each(['{a,b', '[ab', '{a,{b}'])('is undefined for %s', (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });
});

it('answers at once, however the pattern is built', () => {
  const pattern = `${'{*,*,*a}'.repeat(200)}x`;
  expect(compileGlob(pattern)?.('a'.repeat(500))).toBe(false);
});

describe('compileGlob with a separator', () => {
  it.each<[string, string, boolean]>([
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'sub/a.yaml', false],
    ['**/*.yaml', 'a.yaml', true],
    ['**/*.yaml', 'sub/deep/a.yaml', true],
    ['sub/**', 'sub/x/y.yaml', true],
    ['sub/**/y.yaml', 'sub/y.yaml', true],
    ['sub/**/y.yaml', 'sub/a/b/y.yaml', true],
    ['sub/**/y.yaml', 'sub/a/by.yaml', false],
    ['a**.yaml', 'ab/c.yaml', false],
    ['?.yaml', '/.yaml', false],
    ['[!a]b', '/b', false],
    ['envs/{dev,prod}/*.yaml', 'envs/prod/a.yaml', true],
    ['envs/{dev,prod}/*.yaml', 'envs/test/a.yaml', false],
  ])('%s over %s: %s', (pattern, path, matches) => {
    expect(compileGlob(pattern, { separator: '/' })?.(path)).toBe(matches);
  });
});

describe('compileGlob with two stars for anything', () => {
  it.each<[string, string, boolean]>([
    ['host/group/*', 'host/group/a', true],
    ['host/group/*', 'host/group/a/b', false],
    ['host/group**', 'host/group/a/b', true],
    ['host/**/b', 'host/b', false],
    ['host/**/b', 'host/a/a/b', true],
    ['**', 'a/b', true],
  ])('%s over %s: %s', (pattern, path, matches) => {
    expect(compileGlob(pattern, { separator: '/', isDoubleStarAny: true })?.(path)).toBe(matches);
  });
});
