import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../api/schemas/application.ts';
import { appOf } from '../../../testing/apps.ts';
import { archiveOf } from './archive.ts';
import { withSecretValues } from './secrets.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tiphys-local-'));
  await write('web/map.yaml', 'kind: ConfigMap\n');
  await write('web/deep/values.json', '{}');
  await write('web/notes.txt', 'x');
  await write('base/all.yml', 'a: 1\n');
  await write('.git/config', 'x');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(name: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
}

const app = (path: string | undefined): App =>
  appOf({ spec: { source: { repoURL: 'r', ...(path === undefined ? {} : { path }) } } });

async function namesIn(archive: Uint8Array): Promise<readonly string[]> {
  const names: string[] = [];
  const tar = Readable.from([gunzipSync(archive)]).pipe(extract());
  for await (const entry of tar) {
    if (entry.header.type !== 'directory') names.push(entry.header.name);
    entry.resume();
  }
  return names.sort();
}

const packed = async (
  path: string | undefined,
  ...args: Parameters<typeof files>
): Promise<readonly string[]> => await namesIn(await archiveOf(app(path), files(...args)));

const files = (
  directory: string,
  more: { readonly root?: string; readonly include?: readonly string[] } = {},
): Parameters<typeof archiveOf>[1] => ({
  directory: join(root, directory),
  root: more.root === undefined ? undefined : join(root, more.root),
  ...(more.include === undefined ? {} : { include: more.include }),
});

describe('the archive of local files', () => {
  it('has the directory where the source has it, whatever it is called here', async () => {
    const names = ['apps/shop/deep/values.json', 'apps/shop/map.yaml', 'apps/shop/notes.txt'];
    expect(await packed('apps/shop', 'web')).toEqual(names);
    expect(await packed('./apps/shop/', 'web')).toEqual(names);
    expect(await packed(undefined, 'web')).toEqual(['deep/values.json', 'map.yaml', 'notes.txt']);
  });

  it('has all of the repository where its root is named, but what belongs to git', async () => {
    expect(await packed('web', 'web', { root: '.' })).toEqual([
      'base/all.yml',
      'web/deep/values.json',
      'web/map.yaml',
      'web/notes.txt',
    ]);
    await expect(packed('apps/shop', 'web', { root: '.' })).rejects.toThrow("is rendered from 'apps/shop'");
  });

  it('has what the patterns name of a root', async () => {
    const include = ['*.yaml', '*.yml'];
    expect(await packed('web', '.', { include })).toEqual(['base/all.yml', 'web/map.yaml']);
    await expect(packed('web', '.', { include: ['[a-'] })).rejects.toThrow('is no pattern');
  });

  it('keeps links, and is the same for the same files', async () => {
    await symlink('map.yaml', join(root, 'web/link.yaml'));
    const first = await archiveOf(app('web'), files('web'));
    expect(await namesIn(first)).toContain('web/link.yaml');
    expect(await archiveOf(app('web'), files('web'))).toEqual(first);
  });

  it('is refused for what is no directory, and for several sources', async () => {
    await expect(packed('web', 'nowhere')).rejects.toThrow('is no directory');
    await expect(packed('web', 'web/map.yaml')).rejects.toThrow('is no directory');
    const many = appOf({ spec: { sources: [{ repoURL: 'a' }, { repoURL: 'b' }] } });
    await expect(archiveOf(many, files('web'))).rejects.toThrow('one source only');
  });
});

describe('Secrets of local files', () => {
  const secret = (name: string, values: object): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { by: 'server' } },
      data: values,
    });
  const map = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: {} });
  const masked = '++++++++';

  it('get the values that the files have', async () => {
    await write('web/login.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\ndata: {a: eA==}\n');
    const [first, second] = await withSecretValues([map, secret('login', { a: masked })], join(root, 'web'));
    expect(first).toBe(map);
    expect(JSON.parse(second ?? '')).toEqual(JSON.parse(secret('login', { a: 'eA==' })));
  });

  it.each([
    ['that no file holds', 'other', { a: masked }],
    ['that a tool added to', 'login', { a: masked, b: `${masked}++++` }],
  ])('%s are refused', async (_what, name, values) => {
    await write('web/login.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\ndata: {a: eA==}\n');
    await write('web/broken.yaml', '{{ not: [yaml\n');
    await expect(withSecretValues([secret(name, values)], join(root, 'web'))).rejects.toThrow(
      `The values of Secret ${name} are made by a tool.`,
    );
  });
});
