import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '@tiphys/model';
import type { FilesUpload, RenderRequest, RenderedFiles } from '@tiphys/ports';
import { packFiles } from '@tiphys/testing/helm-repo';
import { ensureTools } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { color: blue }\n';

let server: RunningRepoServer;
let work: string;
beforeAll(async () => {
  const tools = await ensureTools(['helm', 'kustomize']);
  work = await mkdtemp(join(tmpdir(), 'tiphys-files-'));
  server = await startRepoServer([
    `--helm=${tools.get('helm') ?? ''}`,
    `--kustomize=${tools.get('kustomize') ?? ''}`,
    `--go-wasm=${await ensureGoWasm()}`,
    `--work-dir=${work}`,
    '--streamed-manifest-max-tar-size=200K',
    '--streamed-manifest-max-extracted-size=1M',
  ]);
});
afterAll(async () => {
  await server.close();
  await rm(work, { recursive: true, force: true });
});

const shaOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const upload = (data: Uint8Array, checksum = shaOf(data)): FilesUpload => ({
  checksum,
  chunks: (async function* () {
    for (let at = 0; at < data.length; at += 1_000)
      yield await Promise.resolve(data.subarray(at, at + 1_000));
  })(),
});

const asked = (source: Partial<ApplicationSource>): RenderRequest =>
  renderRequest('https://git.example.com/nowhere.git', source);

const render = (source: Partial<ApplicationSource>, files: FilesUpload): Promise<RenderedFiles> =>
  server.client.renderFiles(asked(source), files);

const scratch = (): Promise<readonly string[]> => readdir(join(work, 'scratch')).catch(() => []);

type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content ?? '');
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

describe('uploaded files', () => {
  it('are rendered by the tool that they are for, with the settings of the source, and then gone', async () => {
    const files = await packFiles({
      'web/map.yaml': MAP,
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
      'chart/values.yaml': 'color: red\n',
      'chart/templates/map.yaml': MAP.replace('blue', '{{ .Values.color }}'),
      'kust/kustomization.yaml': 'namePrefix: k-\nresources: [../web/map.yaml]\n',
      'kust/base/kustomization.yaml': 'resources: []\n',
    });
    expect(await render({ path: 'web' }, upload(files))).toMatchObject({
      sourceType: 'Directory',
      objects: [{ kind: 'ConfigMap', data: { color: 'blue' } }],
    });
    const helm = { parameters: [{ name: 'color', value: 'green' }] };
    expect(await render({ path: 'chart', helm }, upload(files))).toMatchObject({
      sourceType: 'Helm',
      objects: [{ data: { color: 'green' } }],
    });
    await expect(render({ path: 'nowhere' }, upload(files))).rejects.toMatchObject({
      code: 'not-found',
      message: 'failed to get app path: nowhere: app path does not exist',
    });
    expect(await scratch()).toEqual([]);
  });

  it('must be what was announced', async () => {
    const files = await packFiles({ 'web/map.yaml': MAP });
    await expect(render({ path: 'web' }, upload(files, 'e4c0'))).rejects.toMatchObject({
      message: expect.stringMatching(
        `file checksum validation error: calc ${shaOf(files)} sent e4c0$`,
      ) as unknown,
    });
    await expect(render({ path: 'web' }, upload(files.subarray(1)))).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(render({ path: 'web' }, upload(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'invalid' });
  });

  const secret = { name: 'web/map.yaml', content: MAP };
  it.each<[string, readonly Entry[], string, RegExp]>([
    ['a name above the root', [{ name: '../../x.yaml', content: MAP }], 'invalid', /leads out/],
    ['an absolute name', [{ name: '/etc/x.yaml', content: MAP }], 'invalid', /leads out/],
    [
      'a link that leaves',
      [{ name: 'web/a.yaml', type: 'symlink', linkname: '/etc/passwd' }],
      'invalid',
      /link leads out/,
    ],
    [
      'a hard link',
      [secret, { name: 'web/b.yaml', type: 'link', linkname: 'web/map.yaml' }],
      'invalid',
      /link/,
    ],
    ['a device', [{ name: 'web/a.yaml', type: 'character-device' }], 'invalid', /character-device/],
    [
      'a bomb',
      [{ name: 'web/a.yaml', content: ' '.repeat(2_000_000) }],
      'resource-exhausted',
      /more than 1000000 bytes/,
    ],
    [
      'very many entries',
      Array.from({ length: 20_001 }, () => ({ name: 'web/', type: 'directory' as const })),
      'resource-exhausted',
      /more than 20000 entries/,
    ],
  ])('may hold no %s', async (_name, entries, code, message) => {
    const archive = await tar(entries);
    await expect(render({ path: 'web' }, upload(archive))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
    expect(await scratch()).toEqual([]);
  });

  it('may not be too large, and are not read beyond the limit', async () => {
    let sent = 0;
    const chunks = (async function* () {
      for (; sent < 64_000_000; sent += 64_000) yield await Promise.resolve(Buffer.alloc(64_000, 1));
    })();
    await expect(render({ path: 'web' }, { checksum: '', chunks })).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringMatching(/larger than 200000 bytes/) as unknown,
    });
    expect(sent).toBeLessThan(32_000_000);
  });

  it('that stop coming are let go of', async () => {
    const abort = new AbortController();
    const chunks = (async function* () {
      yield await Promise.resolve(Buffer.alloc(10));
      abort.abort();
      yield await Promise.resolve(Buffer.alloc(10));
      await new Promise(() => undefined);
    })();
    const attempt = server.client.renderFiles(asked({ path: 'web' }), { checksum: '', chunks }, abort.signal);
    await expect(attempt).rejects.toMatchObject({ code: 'canceled' });
    const files = await packFiles({ 'web/map.yaml': MAP });
    expect((await render({ path: 'web' }, upload(files))).objects).toHaveLength(1);
  });
});
