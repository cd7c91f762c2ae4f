import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '@tiphys/testing/pki';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from '../testing/server.ts';

const WAIT = { timeout: 30_000 };
const authority = createAuthority('certificates');

let redis: RedisServer;
let server: TestServer;
const log: string[] = [];

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log, flags: ['--insecure=false'] });
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const dial = (): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, () =>
      resolve(socket),
    );
    socket.on('error', reject);
  });

async function subjectServed(): Promise<string> {
  const socket = await dial();
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return `CN=${String(subject.CN ?? '')} O=${String(subject.O ?? '')}`;
}

async function bring(certificate: string, key: string): Promise<void> {
  const metadata = { name: 'argocd-server-tls', namespace: server.namespace.name };
  const stringData = { 'tls.crt': certificate, 'tls.key': key };
  await server.kube.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData } as never);
}

describe('the certificate of the port', () => {
  it('is made where none is brought, then follows the secret, and stays where the next one is broken', async () => {
    expect(await subjectServed()).toBe('CN= O=Tiphys');
    const open = await dial();
    const one = authority.issue({ commonName: 'one.example', hosts: ['one.example'], usage: 'server' });
    await bring(one.certPem, one.keyPem);
    await expect.poll(subjectServed, WAIT).toBe('CN=one.example O=');
    const other = authority.issue({ commonName: 'other.example', hosts: ['other.example'], usage: 'server' });
    await bring(one.certPem, other.keyPem);
    await expect
      .poll(() => log.join('\n'), WAIT)
      .toContain('the new certificate cannot be used; the old one stays');
    expect(await subjectServed()).toBe('CN=one.example O=');
    const answer = await new Promise<string>((resolve) => {
      open.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
      open.write('GET /api/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 /u);
    expect(answer).toContain('Strict-Transport-Security: max-age=31536000');
    expect(log.join('\n')).not.toContain('PRIVATE KEY');
  });

  it('is where plain HTTP is sent', async () => {
    const { status, headers } = await server.send('GET', '/applications?x=1');
    expect(status).toBe(307);
    expect(headers.get('location')).toBe(`https://127.0.0.1:${server.port}/applications?x=1`);
  });
});
