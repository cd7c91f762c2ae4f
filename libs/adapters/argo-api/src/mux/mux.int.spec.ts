import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Client } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '@tiphys/testing/pki';
import { decodeProto, encodeProto } from '../codec/index.ts';
import { frame } from '../grpc/frames.ts';
import { GRPC_WEB } from '../grpc/web.ts';
import { EchoServer, get, unary, upload, uploaded, watch } from './testing/echo-server.ts';

describe.each([['plaintext'], ['TLS']])('one port over %s', (kind) => {
  const server = new EchoServer(kind === 'TLS' ? createAuthority('test authority') : undefined);
  let client: Client;

  beforeAll(async () => {
    await server.start();
    client = server.client;
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  it('serves gRPC', async () => {
    const { reply, headers } = await unary(client, get.path, { name: 'p' });
    expect(reply).toMatchObject({ metadata: { name: 'p' }, spec: { description: 't0' } });
    expect(headers.get('renew-token')).toEqual(['new']);
  });

  it.each([
    ['gone', 5, 'no "gone" here'],
    ['bug', 13, 'internal error: the server log has the reason'],
  ])('tells gRPC callers why %s failed', async (name, code, details) => {
    await expect(unary(client, get.path, { name })).rejects.toMatchObject({ code, details });
  });

  it('refuses a request that lacks a required field', async () => {
    const call = unary(client, '/application.ApplicationService/Rollback', {});
    await expect(call).rejects.toMatchObject({ code: 12 });
    const raw = new Promise((resolve, reject) => {
      client.makeUnaryRequest<Buffer, Buffer>(
        '/application.ApplicationService/Patch',
        (b) => b,
        (b) => b,
        Buffer.from('12027b7d', 'hex'),
        (error, reply) => (error ? reject(error) : resolve(reply)),
      );
    });
    await expect(raw).rejects.toMatchObject({
      code: 13,
      details: expect.stringContaining('required field "name" not set'),
    });
  });

  it('answers UNIMPLEMENTED for what nothing serves', async () => {
    await expect(unary(client, '/cluster.ClusterService/List', {})).rejects.toMatchObject({ code: 12 });
  });

  it('streams over gRPC and notices when the caller goes away', async () => {
    const names: string[] = [];
    const stream = client.makeServerStreamRequest<Buffer, Buffer>(
      watch.path,
      (b) => b,
      (b) => b,
      Buffer.from(encodeProto(watch.request, { name: 'open' })),
    );
    stream.on('error', () => undefined);
    const before = server.echo.aborted;
    for await (const message of stream as AsyncIterable<Buffer>) {
      const event = decodeProto(watch.response, message) as { application: { metadata: { name: string } } };
      names.push(event.application.metadata.name);
      if (names.length === 2) break;
    }
    stream.cancel();
    expect(names).toEqual(['a0', 'a1']);
    await expect.poll(() => server.echo.aborted).toBe(before + 1);
  });

  it('takes a stream of messages over gRPC and gRPC-web, and none over REST', async () => {
    const parts = [{ query: { name: 'a', checksum: '' } }, { chunk: { chunk: 'AAEC' } }];
    const encoded = parts.map((part) => Buffer.from(encodeProto(upload.request, part)));
    const manifests = ['a', 'AAEC'];
    expect(await uploaded(client, encoded)).toEqual({ manifests });
    const framed = Buffer.concat(
      encoded.flatMap((message) => [Buffer.from([0, 0, 0, 0, message.length]), message]),
    );
    const web = await server.http('POST', upload.path, {
      headers: { 'content-type': GRPC_WEB },
      body: framed,
    });
    const reply = Buffer.from(web.body, 'latin1');
    expect(decodeProto(upload.response, reply.subarray(5, 5 + reply.readUInt32BE(1)))).toEqual({ manifests });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(parts[0]);
    const rest = await server.http('POST', '/api/v1/applications/manifestsWithFiles', { headers, body });
    expect([rest.status, rest.body]).toEqual([200, '{}']);
  });

  it('ends a stream that it wants no more of, or that breaks off', async () => {
    const message = Buffer.from(encodeProto(upload.request, { query: { name: 'a', checksum: '' } }));
    const many = Array.from({ length: 50 }, () => message);
    await expect(uploaded(client, many)).rejects.toMatchObject({ code: 8, details: 'too much' });
    await expect(uploaded(client, [Buffer.from('ff', 'hex')])).rejects.toMatchObject({ code: 13 });
    const cut = uploaded(client, [message], (stream) => stream.cancel());
    await expect(cut).rejects.toMatchObject({ code: 1 });
  });

  it('serves REST on the same port', async () => {
    const answer = await server.http('GET', '/api/v1/projects/p', {
      headers: { 'grpc-metadata-token': 'r' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'grpc-metadata-content-type': 'application/grpc',
      vary: 'Accept-Encoding',
      'set-cookie': [expect.stringMatching(/^argocd\.token=new; path=\/; SameSite=lax; httpOnly/)],
    });
    expect(JSON.parse(answer.body)).toMatchObject({ metadata: { name: 'p' }, spec: { description: 'r' } });
  });

  it('tells REST callers why a call failed', async () => {
    const answer = await server.http('GET', '/api/v1/projects/gone');
    expect(answer.status).toBe(404);
    expect(answer.body).toBe('{"error":"no \\"gone\\" here","code":5,"message":"no \\"gone\\" here"}');
  });

  it.each([
    ['POST', '/api/v1/session', { 'content-type': 'application/json; charset=utf-8' }, 415],
    ['POST', '/api/v1/session', {}, 415],
    ['DELETE', '/api/v1/session', {}, 415],
    ['PUT', '/api/v1/applications', { 'content-type': 'application/json' }, 405],
    ['GET', '/api/v1/nonsense', {}, 404],
    [
      'POST',
      '/api/v1/session',
      { 'content-type': 'application/json', cookie: 'argocd.token=x', origin: 'https://evil.example' },
      403,
    ],
    ['POST', '/api/v1/session', { 'content-type': 'application/json', origin: 'https://other.example' }, 200],
  ])('%s %s %j gives %d', async (verb, path, headers, status) => {
    const answer = await server.http(verb, path, {
      headers: headers,
      body: verb === 'GET' ? '' : '{}',
    });
    expect(answer.status).toBe(status);
  });

  it('refuses a body beyond its limit', async () => {
    const answer = await server
      .http('POST', '/api/v1/session', {
        headers: { 'content-type': 'application/json' },
        body: Buffer.alloc(33 * 1024 * 1024, 0x20),
      })
      .catch((error: NodeJS.ErrnoException) => error.code);
    expect(typeof answer === 'object' ? answer.status : answer).toSatisfy(
      (seen: unknown) => seen === 429 || seen === 'EPIPE' || seen === 'ECONNRESET',
    );
  });

  it('turns strangers away before it reads what they send', async () => {
    const headers = { 'content-type': 'application/json', 'grpc-metadata-token': 'stranger' };
    const answer = await server.http('POST', '/api/v1/projects', { headers, body: 'x'.repeat(1_000_000) });
    expect([answer.status, answer.headers.connection]).toEqual([401, 'close']);
  });

  it('compresses what is worth it, but no event streams', async () => {
    const list = await server.http('GET', '/api/v1/projects', { headers: { 'accept-encoding': 'gzip' } });
    expect(list.headers['content-encoding']).toBe('gzip');
    const plain = await server.http('GET', '/api/v1/projects', {
      headers: { 'accept-encoding': 'gzip;q=0' },
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const events = await server.http('GET', '/api/v1/stream/applications', {
      headers: { 'accept-encoding': 'gzip', accept: 'text/event-stream' },
    });
    expect(events.headers['content-encoding']).toBeUndefined();
  });

  it('frames streams as lines or as events', async () => {
    const lines = await server.http('GET', '/api/v1/stream/applications?fields=result.type');
    expect(lines.body).toBe('{"result":{"type":"ADDED"}}\n'.repeat(2));
    const events = await server.http(
      'GET',
      '/api/v1/stream/applications?fields=result.application.metadata.name',
      { headers: { accept: 'text/event-stream' } },
    );
    expect(events.headers['content-type']).toBe('text/event-stream');
    expect(events.body).toBe(
      'data: {"result":{"application":{"metadata":{"name":"a0"}}}} \n\n\ndata: {"result":{"application":{"metadata":{"name":"a1"}}}} \n\n\n',
    );
  });

  it('opens a stream of events that has nothing to tell', async () => {
    const answer = await server.http('GET', '/api/v1/stream/applications?name=quiet', {
      headers: { accept: 'text/event-stream' },
      headOnly: true,
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
  });

  it('puts an error of a stream into the status before the first message and into the stream after it', async () => {
    const denied = await server.http('GET', '/api/v1/stream/applications?name=denied', {
      headers: { accept: 'text/event-stream' },
    });
    expect(denied.status).toBe(403);
    expect(denied.body).toBe(
      'data: {"error":{"grpc_code":7,"http_code":403,"message":"permission denied","http_status":"Forbidden"}} \n\n',
    );
    const broken = await server.http('GET', '/api/v1/stream/applications?name=broken&fields=result.type');
    expect(broken.status).toBe(200);
    expect(broken.body).toContain(
      '{"error":{"grpc_code":14,"http_code":503,"message":"gone","http_status":"Service Unavailable"}}',
    );
  });

  it('serves gRPC-web', async () => {
    const body = frame(0, encodeProto(get.request, { name: 'w' }));
    const answer = await server.http('POST', get.path, {
      headers: { 'content-type': GRPC_WEB, token: 'w0' },
      body,
    });
    const bytes = Buffer.from(answer.body, 'latin1');
    const length = bytes.readUInt32BE(1);
    expect(decodeProto(get.response, bytes.subarray(5, 5 + length))).toMatchObject({
      metadata: { name: 'w' },
      spec: { description: 'w0' },
    });
    expect(bytes.subarray(5 + length).toString('latin1')).toBe('\x80\0\0\0\x10grpc-status: 0\r\n');
    expect(answer.headers['renew-token']).toBe('new');
  });

  it.each([
    [get.path, { name: 'gone' }, '5', 'no "gone" here'],
    ['/version.VersionService/Nope', {}, '12', 'unknown method Nope for service version.VersionService'],
    ['/no.Such/Thing', {}, '12', 'unknown service no.Such'],
  ])('puts a gRPC-web error of %s into the headers', async (path, request, status, message) => {
    const body = frame(0, encodeProto(get.request, request));
    const answer = await server.http('POST', path, { headers: { 'content-type': GRPC_WEB }, body });
    expect([
      answer.status,
      answer.headers['grpc-status'],
      answer.headers['grpc-message'],
      answer.body,
    ]).toEqual([200, status, message, '']);
  });

  it('streams over gRPC-web until its deadline', async () => {
    const body = frame(0, encodeProto(watch.request, { name: 'open' }));
    const answer = await server.http('POST', watch.path, {
      headers: { 'content-type': GRPC_WEB, 'grpc-timeout': '300m' },
      body,
    });
    expect(answer.body.endsWith('grpc-status: 0\r\n')).toBe(true);
  });

  it('takes HTTP/2 only for gRPC', async () => {
    const session = connectHttp2(`${kind === 'TLS' ? 'https' : 'http'}://127.0.0.1:${server.port}`, {
      rejectUnauthorized: false,
    });
    const status = await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':path': '/api/version' });
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', reject);
      stream.end();
    });
    session.destroy();
    expect(status).toBe(415);
  });

  it('survives connections that say nothing sensible', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end('\x16\x03\x01garbage\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve).resume());
    expect((await server.http('GET', '/api/v1/projects/p')).status).toBe(200);
  });

  if (kind !== 'TLS') return;

  it('redirects plaintext HTTP', async () => {
    const answer = await server.http('GET', '/applications?x=1', {
      plain: true,
      headers: { host: 'argocd.example.com' },
    });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe('https://argocd.example.com/applications?x=1');
    expect(answer.body).toBe(
      '<a href="https://argocd.example.com/applications?x=1">Temporary Redirect</a>.\n\n',
    );
  });

  it('prefers HTTP/1.1 for clients that offer both and speaks HTTP without ALPN', async () => {
    const protocol = await new Promise((resolve, reject) => {
      const socket = connectTls(
        {
          host: '127.0.0.1',
          port: server.port,
          rejectUnauthorized: false,
          ALPNProtocols: ['h2', 'http/1.1'],
        },
        () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
    expect(protocol).toBe('http/1.1');
    const line = await new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, () =>
        socket.write('GET /api/v1/projects/p HTTP/1.0\r\n\r\n'),
      );
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk.toString('latin1').split('\r\n')[0]);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    expect(line).toBe('HTTP/1.1 200 OK');
  });
});
