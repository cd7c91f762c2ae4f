import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RepoRoot } from '@tiphys/ports';
import { createRepoFiles } from './index.ts';

let base: string;
let root: RepoRoot;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'tiphys-root-')));
  await mkdir(join(base, 'repo', 'app', 'deep'), { recursive: true });
  await mkdir(join(base, 'repo-evil'));
  await writeFile(join(base, 'secret'), 'SECRET');
  await writeFile(join(base, 'repo-evil', 'secret'), 'SECRET');
  await writeFile(join(base, 'repo', 'app', 'a.yaml'), 'a');
  await writeFile(join(base, 'repo', 'app', 'deep', 'ü\n.yaml'), 'u');
  const links: readonly (readonly [string, string])[] = [
    ['../shared.yaml', 'app/inside'],
    ['../../secret', 'app/out'],
    [join(base, 'secret'), 'app/abs'],
    ['../../repo-evil', 'app/sibling'],
    ['loop-b', 'app/loop-a'],
    ['loop-a', 'app/loop-b'],
    ['../../nowhere', 'app/dangling-out'],
    ['app', 'alias'],
    ['/', 'slash'],
  ];
  for (const [target, path] of links) await symlink(target, join(base, 'repo', path));
  await writeFile(join(base, 'repo', 'shared.yaml'), 'shared');
  root = await createRepoFiles().open(join(base, 'repo'));
});

afterAll(() => rm(base, { recursive: true, force: true }));

describe('what is inside', () => {
  it.each([
    ['a.yaml', 'app', 'a'],
    ['/app/a.yaml', 'app/deep', 'a'],
    ['../a.yaml', 'app/deep', 'a'],
    ['inside', 'app', 'shared'],
    ['alias/a.yaml', '.', 'a'],
    ['deep/../a.yaml', 'app', 'a'],
    ['deep/ü\n.yaml', 'app', 'u'],
  ])('%j from %s is read', async (path, from, content) => {
    expect(await root.readFile(path, from)).toBe(content);
    expect(await root.exists(path, from)).toBe(true);
    expect((await root.resolve(path, from)).startsWith(root.directory)).toBe(true);
  });

  it('is walked in order, links to files included, links to directories not', async () => {
    expect(await root.walk('app/deep')).toEqual(['ü\n.yaml']);
    await expect(root.walk('app')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('what is missing says so', async () => {
    expect(await root.exists('nope', 'app')).toBe(false);
    await expect(root.readFile('nope', 'app')).rejects.toMatchObject({ code: 'not-found' });
    await expect(root.readFile('app')).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('what is outside', () => {
  it.each([
    '../secret',
    '../../secret',
    '/../secret',
    '../repo-evil/secret',
    'app/out',
    'app/abs',
    'app/sibling/secret',
    'app/loop-a',
    'slash/etc/passwd',
    'app/deep/../../../secret',
    'a\0b',
    'app//..//..//secret',
  ])('%j is refused without a path of this machine', async (path) => {
    const error = await root.readFile(path).then(
      () => undefined,
      (thrown: Error & { code: string }) => thrown,
    );
    expect(error?.code).toBe('invalid');
    expect(error?.message).not.toContain(base);
    await expect(root.resolve(path)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is found below a directory', async () => {
    await expect(root.assertNoEscapes('app')).rejects.toMatchObject({ code: 'invalid' });
    await root.assertNoEscapes('app/deep');
  });
});

it('no path of any shape reads what is outside', async () => {
  const step = fc.constantFrom(
    '..',
    '.',
    '',
    'app',
    'deep',
    'out',
    'abs',
    'sibling',
    'slash',
    'alias',
    'secret',
    'etc',
    '\0',
    '%2e%2e',
    '…',
    '..;',
    ' ..',
  );
  const path = fc.array(step, { maxLength: 8 }).map((steps) => steps.join('/'));
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('.', 'app', 'app/deep', '/'), async (asked, from) => {
      const read = await root.readFile(asked, from).catch(() => 'refused');
      expect(read).not.toContain('SECRET');
      const real = await root.resolve(asked, from).catch(() => root.directory);
      expect(`${real}/`.startsWith(`${root.directory}/`)).toBe(true);
    }),
    { numRuns: 400 },
  );
});
