import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePaths, isTouched } from './index.ts';

describe('generatePaths', () => {
  it.each([
    ['.', 'apps/web', ['apps/web']],
    ['.;../shared', 'apps/web', ['apps/web', 'apps/shared']],
    ['/base; charts/*.yaml ;', 'apps/web/', ['base', 'apps/web/charts/*.yaml']],
    ['/', 'apps/web', ['']],
    ['.', '.', ['']],
    ['../../../x', 'a', ['../../x']],
    ['', 'a', []],
  ])('%s of %s', (text, path, expected) => expect(generatePaths(text, path)).toEqual(expected));
});

describe('isTouched', () => {
  it.each([
    ['a file', ['apps/web/a.yaml'], ['apps/web/a.yaml'], true],
    ['a directory', ['apps/web'], ['apps/web/deep/a.yaml'], true],
    ['a directory of a longer name', ['apps/web'], ['apps/web2/a.yaml'], false],
    ['the root', [''], ['x'], true],
    ['a glob', ['apps/*/values.yaml'], ['apps/web/values.yaml'], true],
    ['a glob, too deep', ['apps/*.yaml'], ['apps/web/values.yaml'], false],
    ['nothing of it', ['apps/web', 'base'], ['docs/readme.md', 'apps/api/a.yaml'], false],
    ['no change', ['apps/web'], [], false],
    ['no path', [], ['x'], false],
  ])('%s', (_name, paths, files, expected) => expect(isTouched(paths, files)).toBe(expected));

  it('is touched by every file below a source whose path is the annotation', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/u), { minLength: 1, maxLength: 4 }), (steps) => {
        const path = steps.join('/');
        expect(isTouched(generatePaths('.', path), [`${path}/x.yaml`])).toBe(true);
        expect(isTouched(generatePaths('.', path), [`${path}x`, 'ZZ/x'])).toBe(false);
      }),
    ));
});
