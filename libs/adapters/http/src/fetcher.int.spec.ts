import { createServer, request as ask, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '@tiphys/testing/pki';
import { createHttpFetcher, type ClosableHttpFetcher } from './fetcher.ts';

let http: ClosableHttpFetcher;
const servers: Server[] = [];
beforeAll(() => {
  http = createHttpFetcher();
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(() => http.close());

const authority = createAuthority('test authority');
const own = authority.issue({ commonName: 'server', hosts: ['127.0.0.1', 'localhost'], usage: 'server' });
const client = authority.issue({ commonName: 'client', usage: 'client' });

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener));
const serveTls = (listener: RequestListener): Promise<string> =>
  listen(
    createTlsServer(
      {
        cert: own.certPem,
        key: own.keyPem,
        ca: authority.certPem,
        requestCert: true,
        rejectUnauthorized: false,
      },
      listener,
    ),
  );
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const LIMIT = 10_000;

describe('an answer', () => {
  it('has status, headers and body, whatever the status', async () => {
    const host = await serve((request, response) =>
      response.writeHead(418, { 'X-Kind': 'pot' }).end(request.url),
    );
    const answer = await http.fetch({ url: `http://${host}/a?b=c`, maxBytes: LIMIT });
    expect(answer).toMatchObject({ status: 418, url: `http://${host}/a?b=c` });
    expect(answer.headers['x-kind']).toBe('pot');
    expect(text(answer.body)).toBe('/a?b=c');
  });

  it('is unpacked', async () => {
    const host = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello')),
    );
    expect(text((await http.fetch({ url: `http://${host}`, maxBytes: LIMIT })).body)).toBe('hello');
  });
});

describe('redirects', () => {
  it('keep the login on the same host and drop it for another one', async () => {
    const seen: (string | undefined)[] = [];
    const far = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('far');
    });
    const near = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: request.url === '/1' ? '/2' : `http://${far}/3` }).end();
    });
    const headers = { Authorization: 'Basic abc' };
    const answer = await http.fetch({ url: `http://${near}/1`, headers, maxBytes: LIMIT });
    expect(text(answer.body)).toBe('far');
    expect(answer.url).toBe(`http://${far}/3`);
    expect(seen).toEqual(['Basic abc', 'Basic abc', undefined]);
  });

  it('have an end, and do not leave https', async () => {
    const loop = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
    await expect(http.fetch({ url: `http://${loop}`, maxBytes: LIMIT })).rejects.toThrow(
      /redirects without end/,
    );
    const down = await serveTls((_request, response) =>
      response.writeHead(302, { location: `http://${loop}/` }).end(),
    );
    await expect(
      http.fetch({ url: `https://${down}`, access: { caPem: authority.certPem }, maxBytes: LIMIT }),
    ).rejects.toThrow(/redirects to http, which is refused/);
    const out = await serve((_request, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );
    await expect(http.fetch({ url: `http://${out}`, maxBytes: LIMIT })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

describe('TLS', () => {
  it('trusts what the repository trusts, and shows its certificate', async () => {
    const host = await serveTls((request, response) =>
      response.end((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'),
    );
    const url = `https://${host}`;
    await expect(http.fetch({ url, maxBytes: LIMIT })).rejects.toMatchObject({ code: 'unavailable' });
    const known = await http.fetch({ url, access: { caPem: authority.certPem }, maxBytes: LIMIT });
    expect(text(known.body)).toBe('nobody');
    expect((await http.fetch({ url, access: { insecure: true }, maxBytes: LIMIT })).status).toBe(200);
    const access = {
      caPem: authority.certPem,
      tlsClientCertData: client.certPem,
      tlsClientCertKey: client.keyPem,
    };
    expect(text((await http.fetch({ url, access, maxBytes: LIMIT })).body)).toBe('client');
  });
});

describe('a proxy', () => {
  it('is used, unless the host is exempt', async () => {
    const host = await serve((_request, response) => response.end('direct'));
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(request.url ?? '');
      ask(request.url ?? '', (answer) => answer.pipe(response)).end();
    });
    proxy.on('connect', (request, socket) => {
      proxied.push(request.url ?? '');
      const [name = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), name, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    const access = { proxy: `http://${await listen(proxy)}` };
    expect(text((await http.fetch({ url: `http://${host}/x`, access, maxBytes: LIMIT })).body)).toBe(
      'direct',
    );
    expect(proxied).toHaveLength(1);
    for (const noProxy of ['127.0.0.1', host, '*', 'a.example, 127.0.0.1']) {
      await http.fetch({ url: `http://${host}/x`, access: { ...access, noProxy }, maxBytes: LIMIT });
    }
    expect(proxied).toHaveLength(1);
  });
});

describe('limits', () => {
  it('hold for bytes on the wire and unpacked', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/zip')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('0'.repeat(1_000_000)));
      else response.end('0'.repeat(20_000));
    });
    for (const path of ['/plain', '/zip']) {
      await expect(http.fetch({ url: `http://${host}${path}`, maxBytes: LIMIT })).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'the answer is larger than 10000 bytes',
      });
    }
  });

  it('hold for time, also of an answer that drips', async () => {
    const host = await serve((request, response) => {
      if (request.url !== '/drip') return;
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const path of ['/silent', '/drip']) {
      await expect(
        http.fetch({ url: `http://${host}${path}`, maxBytes: LIMIT, timeoutMs: 200 }),
      ).rejects.toMatchObject({ code: 'deadline', message: `${host} did not answer within 0.2 s` });
    }
  });

  it('end with the caller', async () => {
    const host = await serve(() => undefined);
    const controller = new AbortController();
    const pending = http.fetch({ url: `http://${host}`, maxBytes: LIMIT, signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toMatchObject({ code: 'canceled' });
  });
});

it.each([
  ['no address', 'nonsense', /only http and https/],
  ['another scheme', 'file:///etc/passwd', /only http and https/],
  [
    'a login in the address',
    'http://bob:hunter2@example.com/',
    /example\.com must hold no user and no password/,
  ],
])('refuses %s', async (_name, url, message) => {
  const failure = await http.fetch({ url, maxBytes: LIMIT }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'invalid', message: expect.stringMatching(message) });
  expect((failure as Error).message).not.toContain('hunter2');
});
