import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UnpackLimits } from '@tiphys/ports';
import { createTarUnpacker } from './unpacker.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tiphys-unpack-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const packed = pack();
  for (const { content, ...header } of entries) packed.entry(header, content ?? '');
  packed.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packed as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const unpack = async (archive: Uint8Array, limits: UnpackLimits = {}): Promise<void> =>
  createTarUnpacker().unpack(archive, directory, { name: 'chart.tgz', ...limits });

describe('unpack', () => {
  it.each([
    ['plain', (data: Buffer) => data],
    ['gzipped', (data: Buffer) => gzipSync(data)],
  ])('writes files, directories and links of a %s archive, with plain modes', async (_name, wrap) => {
    await unpack(
      wrap(
        await tar([
          { name: './', type: 'directory' },
          { name: 'chart/', type: 'directory', mode: 0 },
          { name: 'chart/Chart.yaml', content: 'name: chart', mode: 0 },
          { name: 'chart/run.sh', content: '#!/bin/sh', mode: 0o4777 },
          { name: 'deep/er/x', content: 'x' },
          { name: 'chart/link', type: 'symlink', linkname: '../deep/er/x' },
        ]),
      ),
    );
    expect(await readFile(join(directory, 'chart/Chart.yaml'), 'utf8')).toBe('name: chart');
    expect((await stat(join(directory, 'chart/Chart.yaml'))).mode & 0o7777).toBe(0o644);
    expect((await stat(join(directory, 'chart/run.sh'))).mode & 0o7777).toBe(0o755);
    expect(await readlink(join(directory, 'chart/link'))).toBe('../deep/er/x');
  });

  it('keeps permissions where asked, and never the set-id bits', async () => {
    const files = [
      { name: 'run.sh', content: '#!/bin/sh', mode: 0o4750 },
      { name: 'key', content: 'k', mode: 0o600 },
    ];
    await unpack(await tar(files), { keepModes: true });
    expect((await stat(join(directory, 'run.sh'))).mode & 0o7777).toBe(0o750);
    expect((await stat(join(directory, 'key'))).mode & 0o7777).toBe(0o600);
  });

  it.each<[string, Entry[], UnpackLimits, string, RegExp]>([
    ['..', [{ name: '../x', content: 'x' }], {}, 'invalid', /chart\.tgz: "\.\.\/x": its name leads out/],
    ['.. inside', [{ name: 'a/../../x', content: 'x' }], {}, 'invalid', /leads out/],
    ['an absolute name', [{ name: '/etc/x', content: 'x' }], {}, 'invalid', /leads out/],
    [
      'a link that leaves',
      [{ name: 'a', type: 'symlink', linkname: '../x' }],
      {},
      'invalid',
      /the link leads out/,
    ],
    [
      'an absolute link',
      [{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }],
      {},
      'invalid',
      /the link leads out/,
    ],
    [
      'a link that climbs through another',
      [
        { name: 'p/b', type: 'symlink', linkname: '..' },
        { name: 'p/a', type: 'symlink', linkname: 'b/../../x' },
      ],
      {},
      'invalid',
      /the link leads out/,
    ],
    [
      'a file below a link',
      [
        { name: 'd', type: 'symlink', linkname: '.' },
        { name: 'd/x', content: 'x' },
      ],
      {},
      'invalid',
      /lies below a link/,
    ],
    ['a hard link', [{ name: 'a', type: 'link', linkname: 'b' }], {}, 'invalid', /a link is not allowed/],
    [
      'a device',
      [{ name: 'a', type: 'character-device' }],
      {},
      'invalid',
      /a character-device is not allowed/,
    ],
    [
      'the same file twice',
      [
        { name: 'a', content: 'x' },
        { name: 'a', content: 'y' },
      ],
      {},
      'invalid',
      /cannot be unpacked/,
    ],
    [
      'too many entries',
      Array.from({ length: 5 }, (_, i) => ({ name: `f${String(i)}` })),
      { maxEntries: 4 },
      'resource-exhausted',
      /more than 4 entries/,
    ],
    [
      'too many bytes',
      [{ name: 'a', content: 'x'.repeat(100) }],
      { maxBytes: 99 },
      'resource-exhausted',
      /more than 99 bytes/,
    ],
    ['nothing', [], {}, 'invalid', /is empty or no tar archive/],
  ])('refuses %s', async (...[, entries, limits, code, message]) => {
    await expect(unpack(gzipSync(await tar(entries)), limits)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('stops at a bomb before it is on disk', async () => {
    const bomb = gzipSync(await tar([{ name: 'bomb', content: '0'.repeat(50_000_000) }]));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpack(bomb, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'resource-exhausted' });
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['text', Buffer.from('not an archive')],
    ['broken gzip', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('rubbish')])],
    ['an archive cut off', gzipSync(Buffer.alloc(2048, 1)).subarray(0, 20)],
  ])('refuses %s', async (_name, data) => {
    await expect(unpack(data)).rejects.toMatchObject({ code: 'invalid' });
  });
});
