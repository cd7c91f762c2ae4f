import { request as httpsRequest } from 'node:https';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readRecording, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { TestServer } from '../testing/server.ts';

let redis: RedisServer;
let server: TestServer;

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

function overHttps(method: string, path: string, body?: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, method, path, rejectUnauthorized: false };
    const headers = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const request = httpsRequest({ ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** How each recorded offer of a client is sent. */
const OFFERS: Readonly<Record<string, ConnectionOptions>> = {
  'h2,http/1.1': { ALPNProtocols: ['h2', 'http/1.1'] },
  'http/1.1': { ALPNProtocols: ['http/1.1'] },
  h2: { ALPNProtocols: ['h2'] },
  none: {},
  'tls1.0-only': { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
  'tls1.1-only': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
  'tls1.2-only': { maxVersion: 'TLSv1.2' },
  'unknown-alpn': { ALPNProtocols: ['unknown'] },
};

/** What a client is told in a handshake, in the words of the recording. */
function handshake(offer: ConnectionOptions): Promise<JsonObject> {
  return new Promise((resolve) => {
    const target = { host: '127.0.0.1', port: server.port, rejectUnauthorized: false };
    const socket = connect({ ...target, ...offer }, () => {
      const { ext_key_usage: ext, bits } = socket.getPeerCertificate();
      resolve({
        alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : false,
        protocol: socket.getProtocol(),
        ...(bits === undefined ? {} : { keyBits: bits }),
        ...(ext === undefined ? {} : { ext }),
      });
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
  });
}

/** One request over HTTP/2 with TLS; undefined where no head is sent. */
function statusOverHttp2(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    session.on('error', reject);
    const stream = session.request({ ':path': path });
    let status: number | undefined;
    stream.on('response', (headers) => void (status = headers[':status']));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.close();
      resolve(status);
    });
    stream.resume();
  });
}

/** What must be as recorded, by number. */
const CHECKS: Readonly<Record<number, (response: JsonObject) => Promise<void>>> = {
  // Redirected to the host that was asked, which the recording does not hold.
  802: async ({ status }) => {
    const answer = await server.send('GET', '/applications?x=1');
    const location = `https://127.0.0.1:${server.port}/applications?x=1`;
    expect([answer.status, answer.headers.get('location')]).toEqual([status, location]);
    expect(answer.text).toBe(`<a href="${location}">Temporary Redirect</a>.\n\n`);
  },
  803: async ({ status, body }) => {
    const answer = await server.send('POST', '/api/v1/session', { body: {} });
    const location = `https://127.0.0.1:${server.port}/api/v1/session`;
    expect([answer.status, answer.headers.get('location'), answer.text]).toEqual([status, location, body]);
  },
  804: async (recorded) => {
    const { status: ours, text } = await overHttps('GET', '/api/version');
    expect([ours, text]).toEqual([
      recorded['status'],
      (stringAt(recorded, 'body') ?? '').replace('+unknown', ''),
    ]);
  },
  806: async ({ status, headers }) => {
    const body = { username: 'admin', password: await server.password() };
    const answer = await overHttps('POST', '/api/v1/session', body);
    const token = (JSON.parse(answer.text) as { readonly token: string }).token;
    const cookie = (stringAt(headers, 'Set-Cookie') ?? '').replace('<jwt-1>', token);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([status, [cookie]]);
  },
  807: async ({ status, headers }) => {
    const answer = await overHttps('GET', '/auth/logout');
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      (headers as JsonObject)['Content-Type'],
    ]);
    expect(answer.text).toContain('Failed to retrieve ArgoCD auth token');
  },
};

describe.runIf(recordingsPresent())('recorded connections with TLS', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis, flags: ['--insecure=false'] });
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const offers = recordingsPresent() ? REPLAYED.handshakes : [];
  describe.each(offers)('%d', (number) => {
    it.each(Object.keys(OFFERS))('a client that offers %s', async (name) => {
      const recorded = (readRecording(number).whole['offers'] as JsonObject)[name] as JsonObject;
      const told = await handshake(OFFERS[name] ?? {});
      expect(recorded).toMatchObject(told);
    });
  });

  it.each(REPLAYED.tls)('%d', async (number) => {
    await CHECKS[number]?.(readRecording(number).response);
    expect(CHECKS[number]).toBeDefined();
  });

  it.each(REPLAYED.restOverHttp2)('%d: REST over HTTP/2 is refused, not answered', async () => {
    expect([undefined, 415]).toContain(await statusOverHttp2('/api/version'));
  });
});
