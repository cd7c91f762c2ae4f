import { X509Certificate } from 'node:crypto';
import { TiphysError } from '@tiphys/model';

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;
const MAX_CERTIFICATES = 256;

/** Order in which the parts of a subject are shown. */
const PARTS = ['SERIALNUMBER', 'CN', 'POSTALCODE', 'STREET', 'ST', 'L', 'OU', 'O', 'C'];

/** The certificates in a text, each once. @throws TiphysError `unknown` where there is none, or one cannot be read */
export function certificatesIn(text: string): readonly X509Certificate[] {
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) throw new TiphysError('unknown', 'no valid PEM data received');
  if (blocks.length > MAX_CERTIFICATES) {
    throw new TiphysError('unknown', `the data hold more than ${MAX_CERTIFICATES} certificates`);
  }
  try {
    const all = blocks.map((block) => new X509Certificate(block));
    return [...new Map(all.map((one) => [one.fingerprint256, one])).values()];
  } catch {
    throw new TiphysError('unknown', 'no valid PEM data received: a certificate in it cannot be read');
  }
}

/** `rsa`, `ecdsa`, `ed25519`, … */
export function keyTypeOf(certificate: X509Certificate): string {
  const type = certificate.publicKey.asymmetricKeyType ?? '';
  return type === 'ec' ? 'ecdsa' : type;
}

/** `CN=git.example.com,O=Example` */
export function subjectOf(certificate: X509Certificate): string {
  const parts = certificate.subject
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line] as const);
  const rank = (part: string): number => (PARTS.indexOf(part) === -1 ? PARTS.length : PARTS.indexOf(part));
  return parts
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([, line]) => line)
    .join(',');
}
