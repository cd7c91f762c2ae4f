import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packDirectory, type PackOptions } from './archive.ts';

let base: string;
let tree: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tiphys-pack-'));
  tree = join(base, 'tree');
  await mkdir(join(tree, 'web/deep'), { recursive: true });
  await writeFile(join(tree, 'web/app.yaml'), 'a: 1');
  await writeFile(join(tree, 'web/deep/run.sh'), '#!/bin/sh', { mode: 0o555 });
  await symlink('../app.yaml', join(tree, 'web/deep/link'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const packed = (options: Partial<PackOptions> = {}) =>
  packDirectory(tree, { file: join(base, 'out.tgz'), ...options });

async function headers(file: string): Promise<readonly Header[]> {
  const tar = Readable.from([await readFile(file)])
    .pipe(createGunzip())
    .pipe(extract());
  const found: Header[] = [];
  for await (const entry of tar) {
    found.push(entry.header);
    entry.resume();
  }
  return found;
}

describe('packing files for a plugin', () => {
  it('keeps files, modes and links, and says what the archive is', async () => {
    const { file, checksum, size } = await packed();
    expect(
      (await headers(file)).map(({ name, type, mode, linkname }) => [name, type, mode, linkname]),
    ).toEqual([
      ['web/', 'directory', 0o755, null],
      ['web/app.yaml', 'file', 0o644, null],
      ['web/deep/', 'directory', 0o755, null],
      ['web/deep/link', 'symlink', 0o777, '../app.yaml'],
      ['web/deep/run.sh', 'file', 0o755, null],
    ]);
    expect(size).toBe((await stat(file)).size);
    expect(checksum).toBe(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  });

  it('makes the same archive of the same files', async () => {
    const first = await packed();
    const second = await packed({ file: join(base, 'again.tgz') });
    expect(second.checksum).toBe(first.checksum);
  });

  it.each([
    [['web/deep'], ['web/', 'web/app.yaml']],
    [['**/*.sh'], ['web/', 'web/app.yaml', 'web/deep/', 'web/deep/link']],
    [['web/*'], ['web/']],
    [['app.yaml'], ['web/', 'web/app.yaml', 'web/deep/', 'web/deep/link', 'web/deep/run.sh']],
  ])('leaves out %j', async (exclude, expected) => {
    const { file } = await packed({ exclude });
    expect((await headers(file)).map(({ name }) => name)).toEqual(expected);
  });

  it.each<[string, string, RegExp]>([
    ['/etc/passwd', 'invalid', /^web\/out: the symlink leads out/],
    ['../../elsewhere', 'invalid', /leads out/],
  ])('refuses a link to %s', async (target, code, message) => {
    await symlink(target, join(tree, 'web/out'));
    await expect(packed()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it.each<[string, Partial<PackOptions>, string, RegExp]>([
    ['too many bytes', { maxBytes: 5 }, 'resource-exhausted', /more than 5 bytes: leave some out/],
    ['too many entries', { maxEntries: 3 }, 'resource-exhausted', /more than 3 entries/],
    ['a glob that is none', { exclude: ['[a'] }, 'invalid', /"\[a" is not a glob/],
  ])('refuses %s', async (_name, options, code, message) => {
    await expect(packed(options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
