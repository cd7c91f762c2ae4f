import { describe, expect, it } from 'vitest';
import { commonRoot } from './common-root.ts';

describe('the directory that a plugin gets', () => {
  it.each([
    ['apps/web', '.', 'apps/web'],
    ['apps/web', '', 'apps/web'],
    ['apps/web', '../base', 'apps'],
    ['apps/web', '.;/shared', '.'],
    ['apps/web', '/apps/base/x.yaml', 'apps'],
    ['apps/web', '/apps/web/*.yaml', 'apps/web'],
    ['apps/web', '/apps/**/base; .', 'apps'],
    ['apps/web', '../../../out', '.'],
    ['apps', '/apps-other', '.'],
    ['.', 'x', '.'],
  ])('of %s with %j is %s', (path, paths, expected) => {
    expect(commonRoot(path, paths)).toBe(expected);
  });
});
