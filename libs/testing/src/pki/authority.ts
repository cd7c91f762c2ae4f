import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import * as der from './der.ts';

const ecdsaWithSha256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));

/** A certificate with its private key, both PEM. */
export interface Identity {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface LeafOptions {
  readonly commonName: string;
  /** Kubernetes reads these as the groups of a client. */
  readonly organizations?: readonly string[];
  /** DNS names and IPv4 or IPv6 addresses. */
  readonly hosts?: readonly string[];
  readonly usage: 'server' | 'client' | 'both';
  /** Default 10 years. */
  readonly notAfter?: Date;
}

/** A throw-away certificate authority for tests and the development cluster (ECDSA P-256). */
export interface CertificateAuthority {
  readonly certPem: string;
  issue(options: LeafOptions): Identity;
}

/** Makes a new authority; nothing is written to disk. */
export function createAuthority(commonName: string): CertificateAuthority {
  const keys = newKeys();
  const subject = nameOf(commonName, []);
  const keyId = keyIdOf(keys.publicKey);
  const issue = (contents: Omit<CertificateContents, 'issuer' | 'issuerKeyId' | 'signer'>): string =>
    certificate({ ...contents, issuer: subject, issuerKeyId: keyId, signer: keys.privateKey });
  const own = issue({ subject, publicKey: keys.publicKey, extensions: authorityExtensions() });
  return {
    certPem: own,
    issue: (options) => {
      const leaf = newKeys();
      const certPem = issue({
        subject: nameOf(options.commonName, options.organizations ?? []),
        publicKey: leaf.publicKey,
        extensions: leafExtensions(options),
        ...(options.notAfter ? { notAfter: options.notAfter } : {}),
      });
      return { certPem, keyPem: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

interface CertificateContents {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly issuerKeyId: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signer: KeyObject;
  readonly notAfter?: Date;
}

function certificate(contents: CertificateContents): string {
  const notBefore = new Date(Date.now() - 3_600_000);
  const notAfter = contents.notAfter ?? new Date(notBefore.getTime() + 10 * 365 * 86_400_000);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toSign = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serial),
    ecdsaWithSha256,
    contents.issuer,
    der.sequence(der.utcTime(notBefore), der.utcTime(notAfter)),
    contents.subject,
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(
      3,
      der.sequence(
        ...contents.extensions,
        extension('2.5.29.14', der.octets(keyIdOf(contents.publicKey))),
        extension('2.5.29.35', der.sequence(der.implicit(0, contents.issuerKeyId))),
      ),
    ),
  );
  const signature = sign('sha256', toSign, contents.signer);
  return pem('CERTIFICATE', der.sequence(toSign, ecdsaWithSha256, der.bits(signature)));
}

function authorityExtensions(): Buffer[] {
  return [
    extension('2.5.29.19', der.sequence(der.yes), true),
    extension('2.5.29.15', der.bits(Buffer.from([0b0000_0110]), 1), true),
  ];
}

function leafExtensions(options: LeafOptions): Buffer[] {
  const usages = {
    server: ['1.3.6.1.5.5.7.3.1'],
    client: ['1.3.6.1.5.5.7.3.2'],
    both: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
  }[options.usage];
  const all = [
    extension('2.5.29.15', der.bits(Buffer.from([0b1010_0000]), 5), true),
    extension('2.5.29.37', der.sequence(...usages.map(der.oid))),
  ];
  const hosts = options.hosts ?? [];
  if (hosts.length > 0) all.push(extension('2.5.29.17', der.sequence(...hosts.map(alternativeName))));
  return all;
}

function alternativeName(host: string): Buffer {
  if (isIPv4(host)) return der.implicit(7, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return der.implicit(7, ipv6Bytes(host));
  return der.implicit(2, Buffer.from(host, 'ascii'));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.yes] : []), der.octets(value));
}

function nameOf(commonName: string, organizations: readonly string[]): Buffer {
  const part = (id: string, value: string): Buffer => der.set(der.sequence(der.oid(id), der.utf8(value)));
  return der.sequence(...organizations.map((name) => part('2.5.4.10', name)), part('2.5.4.3', commonName));
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
