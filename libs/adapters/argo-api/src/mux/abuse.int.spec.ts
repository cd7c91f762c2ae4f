import { connect as connectHttp2, constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import { createAuthority } from '@tiphys/testing/pki';
import type { ApiCalls, Call } from '../calls/calls.ts';
import { frame } from '../grpc/frames.ts';
import { MAX_STRANGER_MESSAGE } from '../grpc/limits.ts';
import { createGrpcServer } from '../grpc/server.ts';
import { GRPC_WEB, GrpcWeb } from '../grpc/web.ts';
import { Gateway } from '../rest/gateway.ts';
import type { MethodShape } from '../schema/shape.ts';
import { Mux } from './mux.ts';

const quiet = (): undefined => undefined;
const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, with: () => logger };
const WAIT = { timeout: 30_000 };

/** Lets in who carries a token, tells of nothing, and counts what it was asked. */
class Guarded implements ApiCalls {
  asked = 0;

  isOpen({ service }: MethodShape): boolean {
    return service === 'session.SessionService';
  }

  admit(method: MethodShape, call: Call): Promise<void> {
    const known = this.isOpen(method) || call.metadata('token') === 'good';
    return known
      ? Promise.resolve()
      : Promise.reject(new TiphysError('unauthenticated', 'no session information'));
  }

  unary(): Promise<JsonObject> {
    this.asked++;
    return Promise.resolve({});
  }

  upload(): Promise<JsonObject> {
    return this.unary();
  }

  async *stream(_method: MethodShape, _request: JsonObject, call: Call): AsyncGenerator<JsonObject> {
    yield {};
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()));
  }
}

const authority = createAuthority('test authority');
const pairFor = (host: string): { readonly certificate: string; readonly key: string } => {
  const { certPem, keyPem } = authority.issue({ commonName: host, hosts: [host], usage: 'server' });
  return { certificate: certPem, key: keyPem };
};

class Door {
  readonly calls = new Guarded();
  readonly #grpc = createGrpcServer(this.calls, logger);
  readonly mux: Mux;
  port = 0;

  constructor(tls: { readonly certificate: string; readonly key: string } | undefined) {
    const gateway = new Gateway({ calls: this.calls, logger, cookie: { path: '/', secure: true } });
    const web = new GrpcWeb(this.calls, logger);
    this.mux = new Mux({
      port: 0,
      address: '127.0.0.1',
      tls,
      logger,
      grpc: this.#grpc.injector,
      httpLimits: { headersTimeoutMs: 300, requestTimeoutMs: 600, checkEveryMs: 50 },
      http: (request, response) => {
        if (request.url === '/throws') throw new Error('a fault of ours');
        if (request.headers['content-type'] === GRPC_WEB) void web.handle(request, response);
        else void gateway.handle(request, response);
      },
    });
  }

  async start(): Promise<void> {
    this.port = await this.mux.listen();
  }

  async stop(): Promise<void> {
    await this.mux.close();
    this.#grpc.close();
  }

  /** Sends bytes as they are; what came back until the server ended the connection. */
  raw(...bytes: readonly (string | Buffer)[]): Promise<string> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      const socket = connect(this.port, '127.0.0.1', () => {
        for (const part of bytes) socket.write(part);
      });
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    });
  }

  session(): ClientHttp2Session {
    const session = connectHttp2(`http://127.0.0.1:${this.port}`);
    session.on('error', () => session.destroy());
    return session;
  }
}

interface GrpcAnswer {
  readonly status: number;
  readonly message: string;
}

/** One gRPC call whose bytes are as they are. */
function grpc(
  session: ClientHttp2Session,
  path: string,
  request: { readonly headers?: Readonly<Record<string, string>>; readonly body: Buffer },
): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...request.headers,
    });
    const head: Record<string, unknown> = {};
    stream.on('response', (headers) => void Object.assign(head, headers));
    stream.on('trailers', (headers) => void Object.assign(head, headers));
    stream.on('error', () => undefined);
    stream.on('close', () =>
      resolve({
        status: Number(head['grpc-status']),
        message: decodeURIComponent(typeof head['grpc-message'] === 'string' ? head['grpc-message'] : ''),
      }),
    );
    stream.resume();
    stream.end(request.body);
  });
}

const LOGIN = '/session.SessionService/Create';
const LIST = '/project.ProjectService/List';

describe('a client that means harm', () => {
  const door = new Door(undefined);
  beforeAll(() => door.start());
  afterAll(async () => {
    expect(await door.raw('GET /api/version HTTP/1.0\r\n\r\n'), 'still serves').toMatch(/^HTTP\/1\.1 401 /u);
    await door.stop();
  });

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: '],
    [
      'a body',
      'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('and sends %s for ever is given up on', async (_what, bytes) => {
    expect(await door.raw(bytes)).toMatch(/^HTTP\/1\.1 408 /u);
  });

  it.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['headers without an end', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(200_000)}\r\n\r\n`, 431],
    ['a control character in the path', 'GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n', 400],
  ])('and sends %s gets an answer without a page', async (_what, bytes, status) => {
    const answer = await door.raw(bytes);
    expect(answer.split('\r\n')[0]).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    expect(answer).toContain('X-Content-Type-Options: nosniff\r\n');
  });

  it('and finds a fault of ours ends its own connection', async () => {
    expect(await door.raw('GET /throws HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
  });

  // CVE-2025-66626 and its like (A54): nothing of a stranger is read before it is known who calls.
  it('and no token sends nothing that is kept', async () => {
    const session = door.session();
    const asked = door.calls.asked;
    const bomb = gzipSync(Buffer.alloc(150 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        grpc(session, LIST, { headers: { 'grpc-encoding': 'gzip' }, body: frame(1, bomb) }),
      ),
    );
    expect(answers).toEqual(answers.map(() => ({ status: 16, message: 'no session information' })));
    expect(door.calls.asked).toBe(asked);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    session.destroy();
  });

  it.each([
    ['as it is', {}, frame(0, Buffer.alloc(MAX_STRANGER_MESSAGE + 1))],
    ['packed', { 'grpc-encoding': 'gzip' }, frame(1, gzipSync(Buffer.alloc(10 * MAX_STRANGER_MESSAGE)))],
  ])('and logs in with a large message %s is refused', async (_how, headers, body) => {
    const session = door.session();
    expect((await grpc(session, LOGIN, { headers, body })).status).toBe(8);
    session.destroy();
  });

  it('and logs in with a large message over gRPC-web or REST is refused', async () => {
    for (const [path, type, refused] of [
      [LOGIN, GRPC_WEB, /\r\ngrpc-status: 8\r\n/iu],
      ['/api/v1/session', 'application/json', /^HTTP\/1\.1 429 /u],
    ] as const) {
      const body = frame(0, Buffer.alloc(2 * MAX_STRANGER_MESSAGE, 0x20));
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
      expect(await door.raw(head, body)).toMatch(refused);
    }
  });

  it.each([
    ['a message longer than the server takes', {}, Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
    ['an encoding that nobody knows', { 'grpc-encoding': 'zstd' }, frame(1, Buffer.from('x'))],
    ['what does not unpack', { 'grpc-encoding': 'gzip' }, frame(1, Buffer.from('x'))],
    ['a message that breaks off', {}, Buffer.from([0, 0, 0, 0, 9, 1])],
    ['a deadline that is none', { 'grpc-timeout': 'soon' }, frame(0, Buffer.alloc(0))],
    ['a field longer than its message', {}, frame(0, Buffer.from('0affffff7f', 'hex'))],
    ['groups within groups', {}, frame(0, Buffer.alloc(20_000, 0x0b))],
  ])('and sends %s gets an error', async (_what, headers, body) => {
    const session = door.session();
    const { status } = await grpc(session, LIST, { headers: { token: 'good', ...headers }, body });
    expect(status === 0 || Number.isNaN(status)).toBe(false);
    session.destroy();
  });

  it('and opens too many streams is held to a number', async () => {
    const session = door.session();
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings.maxConcurrentStreams).toBe(1_000);
    session.destroy();
  });

  // CVE-2023-44487: streams that are opened and reset at once.
  it('and resets streams again and again loses its connection', async () => {
    const session = door.session();
    const closed = new Promise((resolve) => session.once('close', resolve));
    for (let n = 0; n < 5_000 && !session.closed && !session.destroyed; n++) {
      const stream = session.request({
        ':method': 'POST',
        ':path': LIST,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
  });

  // CVE-2019-9515, CVE-2019-9512: settings and pings without an end.
  it.each([
    ['settings', Buffer.from('000000040000000000', 'hex')],
    ['pings', Buffer.from('0000080600000000000000000000000000', 'hex')],
    [
      'headers without an end',
      Buffer.concat([Buffer.from('000001010000000001', 'hex'), Buffer.from([0x82])]),
    ],
  ])('and sends %s without reading does not stop others', async (_what, bytes) => {
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n000000040000000000');
    const socket = connect(door.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write(preface.subarray(0, 24));
    socket.write(Buffer.from('000000040000000000', 'hex'));
    for (let n = 0; n < 200 && !socket.destroyed; n++)
      socket.write(Buffer.concat(Array.from({ length: 50 }, () => bytes)));
    const session = door.session();
    const { status } = await grpc(session, LIST, {
      headers: { token: 'good' },
      body: frame(0, Buffer.alloc(0)),
    });
    expect(status).toBe(0);
    session.destroy();
    socket.destroy();
  });
});

describe('certificates', () => {
  const door = new Door(pairFor('one.example'));
  beforeAll(() => door.start());
  afterAll(() => door.stop());

  const dial = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: door.port,
        ca: authority.certPem,
        servername: 'one.example',
      };
      const socket = connectTls({ ...options, checkServerIdentity: () => undefined }, () => resolve(socket));
      socket.on('error', reject);
    });
  const nameOf = (socket: TLSSocket): unknown => socket.getPeerCertificate().subject.CN;
  const statusOver = (socket: TLSSocket): Promise<string> =>
    new Promise((resolve) => {
      socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
      socket.write('GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n');
    });

  it('are served from the next connection on, while open ones go on', async () => {
    const old = await dial();
    expect(nameOf(old)).toBe('one.example');
    door.mux.useCertificate(pairFor('two.example'));
    const next = await dial();
    expect(nameOf(next)).toBe('two.example');
    const answer = await statusOver(old);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /u);
    expect(answer).toContain('Strict-Transport-Security: max-age=31536000\r\n');
    old.destroy();
    next.destroy();
  });

  it.each([
    ['no certificate', { certificate: 'nonsense', key: 'nonsense' }],
    ['a key of another one', { certificate: pairFor('x').certificate, key: pairFor('x').key }],
  ])('that are %s leave the last one in place', async (_what, pair) => {
    const before = await dial();
    expect(() => door.mux.useCertificate(pair)).toThrow();
    const after = await dial();
    expect(nameOf(after)).toBe(nameOf(before));
    before.destroy();
    after.destroy();
  });

  it('are not waited for by others while a client says nothing', async () => {
    const silent = connect(door.port, '127.0.0.1');
    silent.write(Buffer.from([0x16]));
    const other = await dial();
    await expect.poll(() => nameOf(other), WAIT).toBeDefined();
    silent.destroy();
    other.destroy();
  });
});
