import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { TiphysError } from '@tiphys/model';

/** A token signed by RSA and SHA-256; `invalid` where the text is no RSA key, which is never quoted. */
export function signedToken(
  claims: Readonly<Record<string, string | number>>,
  { pem, what, keyId }: { readonly pem: string; readonly what: string; readonly keyId?: string },
): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), rsaKey(pem, what)).toString('base64url')}`;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function rsaKey(pem: string, what: string): KeyObject {
  const invalid = (): TiphysError => new TiphysError('invalid', `${what} is no RSA private key in PEM form`);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw invalid();
  }
  if (key.asymmetricKeyType !== 'rsa') throw invalid();
  return key;
}
