import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { createAuthority } from '@tiphys/testing/pki';
import { freePort, privateFolder } from '@tiphys/testing/processes';
import { basicAuthorization, bearerAuthorization, noAuthorization, tokenFileAuthorization } from './auth.ts';
import type { KubeConnection } from './connection.ts';
import { refuse, reply, startSpecServer } from './spec-server.ts';
import type { Answer, SpecServer } from './spec-server.ts';
import { fencedTransport, makeTransport } from './transport.ts';
import type { Transport, TransportOptions } from './transport.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

type TlsOptions = Parameters<typeof startSpecServer>[1];

async function serve(answer: Answer, tls?: TlsOptions): Promise<SpecServer> {
  const server = await startSpecServer(answer, tls);
  cleanUps.push(() => server.close());
  return server;
}

async function transportTo(
  server: string,
  connection: Partial<KubeConnection> = {},
  options: Partial<TransportOptions> = {},
): Promise<Transport> {
  const transport = await makeTransport(
    { server, tls: {}, authorizer: noAuthorization, ...connection },
    { clock: systemClock, ...options },
  );
  cleanUps.push(() => transport.close());
  return transport;
}

const get = { method: 'GET', path: '/x' };

describe('a request', () => {
  it('carries body, type, agent and path below the path of the server', async () => {
    const server = await serve((_, response) => reply(response, 200, { ok: true }));
    const transport = await transportTo(`${server.url}/k8s/clusters/c-1`, {
      authorizer: basicAuthorization('u', 'p'),
    });
    const request = {
      method: 'PATCH',
      path: '/api/v1?a=b',
      body: '{}',
      contentType: 'application/merge-patch+json',
    };
    expect(await transport.send(request)).toBe('{"ok":true}');
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'PATCH', path: '/k8s/clusters/c-1/api/v1', body: '{}' });
    expect(seen?.query.get('a')).toBe('b');
    expect(seen?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      authorization: 'Basic dTpw',
      'user-agent': 'tiphys',
      'accept-encoding': 'gzip',
    });
  });

  it('shares few connections', async () => {
    const sockets = new Set<unknown>();
    const server = await serve((_, response) => {
      sockets.add(response.socket?.remotePort);
      setImmediate(() => reply(response, 200, {}));
    });
    const transport = await transportTo(server.url, {}, { connections: 4 });
    await Promise.all(Array.from({ length: 200 }, () => transport.send(get)));
    expect(server.seen).toHaveLength(200);
    expect(sockets.size).toBeLessThanOrEqual(4);
  });

  it('reads packed answers, and asks for plain ones where told', async () => {
    const text = JSON.stringify({ data: 'x'.repeat(200_000) });
    const server = await serve(({ headers }, response) => {
      const packed = headers['accept-encoding'] === 'gzip';
      response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {});
      response.end(packed ? gzipSync(text) : text);
    });
    expect(await (await transportTo(server.url)).send(get)).toBe(text);
    expect(await (await transportTo(server.url, { disableCompression: true })).send(get)).toBe(text);
    expect(server.seen.map(({ headers }) => headers['accept-encoding'])).toEqual(['gzip', undefined]);
  });

  it('gives up on answers that are too large, packed or not', async () => {
    const text = 'x'.repeat(300_000);
    const server = await serve(({ path }, response) => {
      const packed = path === '/packed';
      response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {});
      response.end(packed ? gzipSync(text) : text);
    });
    const transport = await transportTo(server.url, {}, { maxBodyBytes: 100_000 });
    for (const path of ['/packed', '/plain']) {
      await expect(transport.send({ method: 'GET', path })).rejects.toMatchObject({
        code: 'resource-exhausted',
      });
    }
  });

  it('does not follow a redirect', async () => {
    const server = await serve((_, response) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    await expect((await transportTo(server.url)).send(get)).rejects.toMatchObject({ code: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it('ends at its deadline, also while it waits for a free connection', async () => {
    const server = await serve(() => undefined);
    const transport = await transportTo(server.url, {}, { deadlineMs: 200, connections: 1 });
    const calls = [transport.send(get), transport.send(get)];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'deadline' });
  });

  it('ends when its caller gives up', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort());
    const transport = await transportTo(server.url);
    await expect(transport.send({ ...get, signal: stop.signal })).rejects.toMatchObject({ code: 'canceled' });
    await expect(transport.send({ ...get, signal: stop.signal })).rejects.toMatchObject({ code: 'canceled' });
  });

  it('says where nobody listens', async () => {
    const port = await freePort();
    const transport = await transportTo(`http://127.0.0.1:${port}`);
    const call = transport.send(get);
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    await expect(call).rejects.toThrow(`127.0.0.1:${port}: ECONNREFUSED`);
  });
});

describe('a second try', () => {
  it('of a GET comes when the server said', async () => {
    let count = 0;
    const server = await serve((_, response) => {
      count += 1;
      if (count < 3) refuse(response, 429, 'TooManyRequests', { details: { retryAfterSeconds: 0 } });
      else reply(response, 200, {});
    });
    const transport = await transportTo(server.url);
    expect(await transport.send(get)).toBe('{}');
    count = 0;
    const write = transport.send({ method: 'POST', path: '/x', body: '{}' });
    await expect(write).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 0 });
    expect(count).toBe(1);
  });

  it('does not come after the deadline', async () => {
    const server = await serve((_, response) => reply(response, 429, {}, { 'retry-after': '60' }));
    const call = (await transportTo(server.url)).send(get);
    await expect(call).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 60_000 });
    expect(server.seen).toHaveLength(1);
  });

  it('of a GET follows a connection that broke; a write is told', async () => {
    let breaks = true;
    const server = await serve((_, response) => {
      if (breaks) response.socket?.destroy();
      else reply(response, 200, {});
      breaks = !breaks;
    });
    const transport = await transportTo(server.url);
    expect(await transport.send(get)).toBe('{}');
    const write = transport.send({ method: 'POST', path: '/x', body: '{}' });
    await expect(write).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  it('takes the new token of a file, for writes too; a fixed token is refused once', async () => {
    const folder = await privateFolder('transport');
    cleanUps.push(() => folder.remove());
    const path = join(folder.path, 'token');
    writeFileSync(path, 'old');
    const server = await serve(({ headers }, response) => {
      if (headers.authorization === 'Bearer new') return reply(response, 200, {});
      writeFileSync(path, 'new');
      refuse(response, 401, 'Unauthorized');
    });
    const transport = await transportTo(server.url, {
      authorizer: tokenFileAuthorization(path, systemClock),
    });
    expect(await transport.send({ method: 'POST', path: '/x', body: '{}' })).toBe('{}');
    const fixed = await transportTo(server.url, { authorizer: bearerAuthorization('old') });
    await expect(fixed.send(get)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer old',
    ]);
  });
});

describe('a fenced transport', () => {
  const write = { method: 'PATCH', path: '/x', body: '{}' };
  const closed = (): never => {
    throw new TiphysError('canceled', 'no longer ours');
  };

  it('sends no write past its fence, and every read', async () => {
    const server = await serve((_, response) => reply(response, 200, {}));
    const transport = fencedTransport(await transportTo(server.url), closed);
    await expect(transport.send(write)).rejects.toMatchObject({
      code: 'canceled',
      message: 'no longer ours',
    });
    expect(await transport.send(get)).toBe('{}');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('asks when a write that had to wait for a connection is sent, not when it was made', async () => {
    const held: (() => void)[] = [];
    const server = await serve((_, response) => void held.push(() => reply(response, 200, {})));
    const transport = await transportTo(server.url, {}, { connections: 1 });
    let isOurs = true;
    const fenced = fencedTransport(transport, () => (isOurs ? undefined : closed()));
    const [first, second] = [fenced.send(write), fenced.send(write)];
    const ends = Promise.allSettled([first, second]);
    await expect.poll(() => held.length).toBe(1);
    isOurs = false;
    held[0]?.();
    const [done, refused] = await ends;
    expect([done.status, refused.status]).toEqual(['fulfilled', 'rejected']);
    expect(server.seen).toHaveLength(1);
    isOurs = true;
    const third = fenced.send(write);
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect(await third).toBe('{}');
  });
});

describe('a stream', () => {
  it('is handed on as it comes, outlives the deadline, and is not started twice', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200);
      response.write('one');
      setTimeout(() => response.write('two'), 300);
      setTimeout(() => response.socket?.destroy(), 350);
    });
    const transport = await transportTo(server.url, {}, { deadlineMs: 200 });
    const story: string[] = [];
    const stream = transport.stream(get, {
      onOpen: () => story.push('open'),
      onChunk: (chunk) => story.push(chunk.toString()),
    });
    await expect(stream).rejects.toMatchObject({ code: 'unavailable' });
    expect(story).toEqual(['open', 'one', 'two']);
    expect(server.seen).toHaveLength(1);
  });

  it('that is refused says why', async () => {
    const server = await serve((_, response) => refuse(response, 403, 'Forbidden'));
    const sink = { onOpen: () => expect.unreachable(), onChunk: () => expect.unreachable() };
    const stream = (await transportTo(server.url)).stream(get, sink);
    await expect(stream).rejects.toMatchObject({ code: 'permission-denied', message: 'Forbidden' });
  });
});

describe('TLS', () => {
  const authority = createAuthority('cluster');
  const other = createAuthority('other');
  const identity = (hosts: string[]): TlsOptions => {
    const { certPem, keyPem } = authority.issue({ commonName: 'server', hosts, usage: 'server' });
    return { cert: certPem, key: keyPem };
  };
  const secure = (hosts = ['127.0.0.1'], rest: TlsOptions = {}) =>
    serve((_, response) => reply(response, 200, {}), { ...identity(hosts), ...rest });

  it('trusts the authority of the cluster and no other', async () => {
    const { url } = await secure();
    expect(await (await transportTo(url, { tls: { ca: authority.certPem } })).send(get)).toBe('{}');
    for (const tls of [{ ca: other.certPem }, {}]) {
      await expect((await transportTo(url, { tls })).send(get)).rejects.toMatchObject({
        code: 'unavailable',
      });
    }
  });

  it('checks the name, another one where told', async () => {
    const { url } = await secure(['api.internal']);
    const ca = authority.certPem;
    expect(await (await transportTo(url, { tls: { ca, serverName: 'api.internal' } })).send(get)).toBe('{}');
    await expect((await transportTo(url, { tls: { ca } })).send(get)).rejects.toThrow(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  it('accepts anything only where told, and never together with an authority', async () => {
    const { url } = await secure(['api.internal']);
    expect(await (await transportTo(url, { tls: { insecure: true } })).send(get)).toBe('{}');
    const both = transportTo(url, { tls: { insecure: true, ca: authority.certPem } });
    await expect(both).rejects.toMatchObject({ code: 'invalid' });
  });

  it('shows the client certificate', async () => {
    const { certPem: cert, keyPem: key } = authority.issue({ commonName: 'client', usage: 'client' });
    const { url } = await secure(['127.0.0.1'], {
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.certPem,
    });
    expect(await (await transportTo(url, { tls: { ca: authority.certPem, cert, key } })).send(get)).toBe(
      '{}',
    );
    const stranger = transportTo(url, { tls: { ca: authority.certPem } });
    await expect((await stranger).send(get)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(transportTo(url, { tls: { cert } })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('goes through a proxy, requests and streams alike', async () => {
    const server = await secure();
    const proxy = await startConnectProxy();
    const connection = {
      tls: { ca: authority.certPem },
      proxyUrl: `http://u:s%40cret@127.0.0.1:${proxy.port}`,
    };
    const transport = await transportTo(server.url, connection);
    expect(await transport.send(get)).toBe('{}');
    await transport.stream(get, { onOpen: () => undefined, onChunk: () => undefined });
    expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${server.port}`]));
    expect(server.seen).toHaveLength(2);
    expect(proxy.heads[0]).toContain(
      `proxy-authorization: Basic ${Buffer.from('u:s@cret').toString('base64')}`,
    );
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
    for (const proxyUrl of ['ftp://user:s3cret@proxy', 'not a url s3cret']) {
      const refused = transportTo(server.url, { ...connection, proxyUrl });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid',
        message: expect.not.stringContaining('s3cret'),
      });
    }
  });
});

describe('a proxy', () => {
  it('that refuses is named, without its password', async () => {
    const server = await serve((_, response) => reply(response, 200, {}));
    const proxy = await startConnectProxy('407 Proxy Authentication Required');
    const port = await freePort();
    for (const [where, why] of [
      [proxy.port, 'HTTP 407'],
      [port, 'ECONNREFUSED'],
    ] as const) {
      const call = (await transportTo(server.url, { proxyUrl: `http://u:s3cret@127.0.0.1:${where}` })).send(
        get,
      );
      await expect(call).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.not.stringContaining('s3cret'),
      });
      await expect(call).rejects.toThrow(`127.0.0.1:${where}`);
      await expect(call).rejects.toThrow(why);
    }
    expect(server.seen).toHaveLength(0);
  });

  it('serves plain HTTP too', async () => {
    const server = await serve((_, response) => reply(response, 200, {}));
    const proxy = await startConnectProxy();
    const transport = await transportTo(server.url, { proxyUrl: `http://127.0.0.1:${proxy.port}` });
    expect(await transport.send(get)).toBe('{}');
    expect(proxy.targets).toHaveLength(1);
  });
});

it.each(['https://user:s3cret@host', 'ftp://s3cret', 's3cret'])(
  'refuses the address %s without repeating it',
  async (url) => {
    const refused = transportTo(url);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid',
      message: expect.not.stringContaining('s3cret'),
    });
  },
);

/** An HTTP proxy that knows CONNECT alone. */
async function startConnectProxy(
  status = '200 OK',
): Promise<{ port: number; targets: string[]; heads: string[] }> {
  const targets: string[] = [];
  const heads: string[] = [];
  const server = createServer((near) => {
    near.once('data', (head: Buffer) => {
      const [, target = ''] = head.toString('latin1').split(' ', 2);
      targets.push(target);
      heads.push(head.toString('latin1'));
      const [host = '', port = ''] = target.split(':');
      const far = connect(Number(port), host, () => near.write(`HTTP/1.1 ${status}\r\n\r\n`));
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, targets, heads };
}
