import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf } from '@tiphys/adapter-argo-api';
import { downloadPages } from './download-pages.ts';

const program = Buffer.from('a program\n'.repeat(50_000));
const digest = createHash('sha256').update(program).digest('hex');
const own = process.arch === 'arm64' ? 'linux-arm64' : 'linux-amd64';

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiphys-downloads-'));
  await writeFile(join(folder, `tiphys-${own}`), program);
  await writeFile(join(folder, `tiphys-${own}.sha256`), `${digest}  tiphys-${own}\n`);
  await writeFile(join(folder, 'tiphys-windows-amd64.exe'), program);
  await writeFile(join(folder, 'secret'), 'not for everybody');
  const pages = new Map(downloadPages(folder));
  server = createServer((incoming, response) => {
    const page = pages.get(pathOf(incoming));
    if (page) page(incoming, response);
    else response.writeHead(404).end('404 page not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Sends the path as it stands here, without making it nicer first. */
async function get(
  path: string,
  method = 'GET',
): Promise<{ status: number; body: Buffer; type: string | undefined }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body, type: response.headers['content-type'] }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('downloads of the CLI', () => {
  it.each([`tiphys-${own}`, `argocd-${own}`, 'argocd-linux', 'tiphys-linux', 'argocd-windows-amd64.exe'])(
    'offers %s',
    async (name) => {
      const { status, body, type } = await get(`/download/${name}`);
      expect({ status, type }).toEqual({ status: 200, type: 'application/octet-stream' });
      expect(body.equals(program)).toBe(true);
    },
  );

  it('offers checksums under the name that was asked for', async () => {
    const { body } = await get(`/download/argocd-${own}.sha256`);
    expect(body.toString()).toBe(`${digest}  argocd-${own}\n`);
  });

  it('tells the size alone where only that is asked', async () => {
    expect(await get(`/download/tiphys-${own}`, 'HEAD')).toMatchObject({
      status: 200,
      body: Buffer.alloc(0),
    });
    expect((await get(`/download/tiphys-${own}`, 'POST')).status).toBe(405);
  });

  it('says what was not built', async () => {
    const { status, body } = await get('/download/tiphys-darwin-arm64');
    expect(status).toBe(404);
    expect(body.toString()).toContain('tiphys-darwin-arm64 was not built into this server');
  });

  it.each([
    '/download/secret',
    '/download/../secret',
    '/download/..%2Fsecret',
    '/download/%2e%2e/secret',
    `/download/./tiphys-${own}/../secret`,
    `/download/tiphys-${own}%00`,
    `/download//tiphys-${own}`,
    '/download/',
    '/download/tiphys-linux-amd64\\..\\secret',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});
