import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExportStore } from './export-store.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tiphys-exports-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const open = (limits: { maxEntries?: number; maxBytes?: number } = {}): Promise<ExportStore> =>
  ExportStore.open({ directory: join(base, 'store'), maxEntries: 100, maxBytes: 1e9, ...limits });

const filled =
  (content: string) =>
  async (directory: string): Promise<undefined> => {
    await writeFile(join(directory, 'file'), content);
  };
const read = (directory: string): Promise<string> => readFile(join(directory, 'file'), 'utf8');
const onDisk = async (): Promise<number> => (await readdir(join(base, 'store'))).length;

describe('ExportStore', () => {
  it('writes once for readers at the same time and afterwards', async () => {
    const store = await open();
    let produced = 0;
    const produce = async (directory: string): Promise<undefined> => {
      produced += 1;
      await writeFile(join(directory, 'file'), 'x');
    };
    const all = Array.from({ length: 10 }, () => store.use('k', produce, read));
    expect(new Set(await Promise.all(all))).toEqual(new Set(['x']));
    expect(await store.use('k', produce, read)).toBe('x');
    expect(produced).toBe(1);
  });

  it('lends the directory inside that was meant', async () => {
    const store = await open();
    const directory = await store.use(
      'k',
      async (into) => {
        await mkdir(join(into, 'chart'));
        return join(into, 'chart');
      },
      (lent) => Promise.resolve(lent),
    );
    expect(directory).toMatch(/\/store\/[^/.]+\/chart$/);
  });

  it('keeps nothing of what could not be written, and tries again', async () => {
    const store = await open();
    const failing = store.use('k', () => Promise.reject(new Error('disk full')), read);
    await expect(failing).rejects.toThrow('disk full');
    expect(await onDisk()).toBe(0);
    expect(await store.use('k', filled('now'), read)).toBe('now');
  });

  it('drops the least recently used, never one that is read', async () => {
    const store = await open({ maxEntries: 2 });
    await store.use('held', filled('held'), async (directory) => {
      for (const key of ['a', 'b', 'c']) await store.use(key, filled(key), read);
      expect(await onDisk()).toBe(2);
      expect(await read(directory)).toBe('held');
    });
    expect(await onDisk()).toBe(2);
  });

  it('makes anew what is to be forgotten, while those who read it go on', async () => {
    const store = await open();
    await store.use('k', filled('old'), async (directory) => {
      await store.forget('k');
      expect(await store.use('k', filled('new'), read)).toBe('new');
      expect(await read(directory)).toBe('old');
    });
    expect(await onDisk()).toBe(1);
    await store.forget('k');
    await store.forget('unknown');
    expect(await onDisk()).toBe(0);
  });

  it('keeps within its bytes', async () => {
    const store = await open({ maxBytes: 250 });
    for (const key of ['a', 'b', 'c', 'd']) await store.use(key, filled('x'.repeat(100)), read);
    expect(await onDisk()).toBeLessThanOrEqual(3);
  });

  it('makes room on a full disk and tries once more', async () => {
    const store = await open();
    await store.use('old', filled('old'), read);
    let attempts = 0;
    const produce = async (directory: string): Promise<undefined> => {
      attempts += 1;
      if (attempts === 1) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      expect(await onDisk()).toBe(1);
      await writeFile(join(directory, 'file'), 'new');
    };
    expect(await store.use('new', produce, read)).toBe('new');
  });

  it('starts empty', async () => {
    await (await open()).use('k', filled('x'), read);
    await open();
    expect(await onDisk()).toBe(0);
  });
});
