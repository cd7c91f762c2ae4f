import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAuthority } from './authority.ts';

describe('createAuthority', () => {
  it('signs leaves that X.509 readers accept as its own', () => {
    const authority = createAuthority('tiphys test CA');
    const { certPem } = authority.issue({
      commonName: 'server',
      organizations: ['system:masters'],
      hosts: ['localhost', '127.0.0.1', '::1'],
      usage: 'both',
    });
    const ca = new X509Certificate(authority.certPem);
    const leaf = new X509Certificate(certPem);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.subject).toBe('O=system:masters\nCN=server');
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('serves mutual TLS', async () => {
    const authority = createAuthority('tiphys test CA');
    const server = authority.issue({ commonName: 'server', hosts: ['127.0.0.1'], usage: 'server' });
    const client = authority.issue({ commonName: 'client-7', usage: 'client' });
    const ca = authority.certPem;
    const listener = createServer(
      { ca, cert: server.certPem, key: server.keyPem, requestCert: true, rejectUnauthorized: true },
      (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
    ).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', ca, cert: client.certPem, key: client.keyPem });
    const [seen] = (await once(socket, 'data')) as [Buffer];
    expect(seen.toString()).toBe('client-7');
    listener.close();
  });

  it('honours an expiry in the past', () => {
    const notAfter = new Date(Date.now() - 60_000);
    const { certPem } = createAuthority('ca').issue({ commonName: 'old', usage: 'server', notAfter });
    expect(new X509Certificate(certPem).validToDate.getTime()).toBeLessThan(Date.now());
  });
});
