import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFresh, stampOf, writeStamp, type BuiltProgram } from './stamp.ts';

let folder: string;
let built: BuiltProgram;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tiphys-build-'));
  built = { name: 'program', folder };
  writeFileSync(join(folder, 'source.ts'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const build = (): void => {
  writeFileSync(join(folder, 'program.js'), 'bundle');
  writeStamp(built, stampOf([join(folder, 'source.ts')]));
};

describe('isFresh', () => {
  it('is so right after a build, until a source changes or goes', () => {
    expect(isFresh(built)).toBe(false);
    build();
    expect(isFresh(built)).toBe(true);
    writeFileSync(join(folder, 'source.ts'), 'two');
    expect(isFresh(built)).toBe(false);
    build();
    rmSync(join(folder, 'source.ts'));
    expect(isFresh(built)).toBe(false);
  });

  it('is not so without the bundle itself', () => {
    build();
    rmSync(join(folder, 'program.js'));
    expect(isFresh(built)).toBe(false);
  });

  it('counts the lockfile and the way of bundling as sources', () => {
    expect(Object.keys(stampOf([]))).toEqual(['package-lock.json', 'tools/build/src/bundle.ts']);
  });
});
