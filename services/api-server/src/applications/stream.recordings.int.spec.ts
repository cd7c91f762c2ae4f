import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readRecording, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { TestServer, appNamed } from '../testing/server.ts';

const WAIT = { timeout: 30_000 };

let redis: RedisServer;
let server: TestServer;
let token: string;

interface RawStream {
  /** What came so far, headers and chunks as they are. */
  text(): string;
  close(): void;
}

/** A request over a bare connection, so that framing is seen byte by byte. */
async function open(request: JsonObject, as: string | undefined): Promise<RawStream> {
  const socket = connect(server.port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  const path = typeof request['path'] === 'string' ? request['path'] : '';
  const headers = isJsonObject(request['headers']) ? request['headers'] : {};
  const accept = typeof headers['Accept'] === 'string' ? [`Accept: ${headers['Accept']}`] : [];
  const login = as === 'admin' ? [`Authorization: Bearer ${token}`] : ['Authorization: Bearer a.b.c'];
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write([`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...accept, ...login, '', ''].join('\r\n'));
  return { text: () => received, close: () => socket.destroy() };
}

const bodyIn = (raw: string): string => raw.slice(raw.indexOf('\r\n\r\n') + 4);
const headIn = (raw: string): readonly string[] => (raw.split('\r\n\r\n')[0] ?? '').split('\r\n');

/** The object of one chunk, apart from the length before it: members come in another order there. */
function chunkOf(raw: string): { readonly before: string; readonly json: unknown; readonly after: string } {
  const [, chunk = ''] = /^[0-9a-f]+\r\n([\s\S]*)\r\n$/.exec(raw) ?? [];
  const [from, to] = [chunk.indexOf('{'), chunk.lastIndexOf('}') + 1];
  return { before: chunk.slice(0, from), json: JSON.parse(chunk.slice(from, to)), after: chunk.slice(to) };
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
  const body = appNamed('gb');
  await server.send('POST', '/api/v1/applications?validate=false', { token, body });
  const comparedTo = { source: { repoURL: '' }, destination: {} };
  await server.patchApp('gb', { status: { sync: { status: 'Synced', comparedTo } } });
  await vi.waitFor(async () => {
    const { json } = await server.send('GET', '/api/v1/applications/gb', { token });
    expect(json).toMatchObject({ status: { sync: { status: 'Synced' } } });
  }, WAIT);
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe.runIf(recordingsPresent())('recorded streams', () => {
  it.each(REPLAYED.streams)('%d begin as recorded, framing and all', async (number) => {
    const { request, response, as } = readRecording(number);
    const first = response['rawFirstBytes'] as string;
    const stream = await open(request, as);
    try {
      await vi.waitFor(() => expect(bodyIn(stream.text()).length).toBeGreaterThanOrEqual(first.length), WAIT);
      expect(chunkOf(bodyIn(stream.text()).slice(0, first.length))).toEqual(chunkOf(first));
      const ours = headIn(stream.text()).map((line) => line.toLowerCase());
      for (const line of response['head'] as readonly string[]) expect(ours).toContain(line.toLowerCase());
    } finally {
      stream.close();
    }
  });

  // Of a reader who has a list, and of an Application that is not there.
  it.each(REPLAYED.streamsOfChanges)('%d tells only of what changes from then on', async (number) => {
    const { request, as } = readRecording(number);
    const stream = await open(request, as);
    try {
      await vi.waitFor(() => expect(stream.text()).toMatch(/^HTTP\/1\.1 200/), WAIT);
      expect(stream.text()).not.toContain('data:');
      await server.send('POST', '/api/v1/applications?validate=false', { token, body: appNamed('nosuch') });
      await server.patchApp('nosuch', { metadata: { labels: { from: String(number) } } });
      await vi.waitFor(() => expect(stream.text()).toContain('"nosuch"'), WAIT);
      expect(stream.text()).not.toContain('"gb"');
    } finally {
      stream.close();
      await server.send('DELETE', '/api/v1/applications/nosuch?cascade=false', { token });
      await vi.waitFor(async () => expect(await server.findApp('nosuch')).toBeUndefined(), WAIT);
    }
  });

  it.each(REPLAYED.refusedStreams)('%d: is refused as recorded', async (number) => {
    const { request, response, as } = readRecording(number);
    const stream = await open(request, as);
    await vi.waitFor(() => expect(stream.text()).toContain('\r\n\r\n'), WAIT);
    expect(headIn(stream.text())[0]).toBe((response['head'] as readonly string[])[0]);
    stream.close();
  });
});
