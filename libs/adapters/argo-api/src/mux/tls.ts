import type { SecureContextOptions } from 'node:tls';
import { TiphysError } from '@tiphys/model';

export interface KeyPair {
  /** PEM, leaf first. */
  readonly certificate: string;
  readonly key: string;
}

/** What a connection may be secured with. */
export interface TlsLimits {
  /** Default 1.2. */
  readonly minVersion?: TlsVersion;
  /** Default 1.3. */
  readonly maxVersion?: TlsVersion;
  /** Names of TLS 1.2 suites as operators write them; default those of `DEFAULT_CIPHERS`. TLS 1.3 has its own. */
  readonly ciphers?: readonly string[];
}

export type TlsVersion = '1.2' | '1.3';

/** For certificates of both kinds of keys. */
export const DEFAULT_CIPHERS: readonly string[] = [
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
];

/** Suites of TLS 1.2 that can be asked for, by their names in standards, and what OpenSSL calls them. */
const OPENSSL: Readonly<Record<string, string>> = {
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
};
const TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** Names that `ciphers` may hold. */
export const CIPHER_NAMES: readonly string[] = [...Object.keys(OPENSSL), ...TLS13];

/**
 * The settings of a secure context, as Node takes them.
 * @throws TiphysError `invalid` for limits that leave nothing, or name what there is not.
 */
export function secureOptions(pair: KeyPair, limits: TlsLimits = {}): SecureContextOptions {
  const { minVersion = '1.2', maxVersion = '1.3', ciphers = DEFAULT_CIPHERS } = limits;
  if (minVersion > maxVersion) {
    throw new TiphysError('invalid', `TLS ${minVersion} as the least and ${maxVersion} as the most is none`);
  }
  return {
    cert: pair.certificate,
    key: pair.key,
    minVersion: `TLSv${minVersion}`,
    maxVersion: `TLSv${maxVersion}`,
    ciphers: [...TLS13, ...ciphers.map(openSslName)].join(':'),
    honorCipherOrder: true,
  };
}

function openSslName(name: string): string {
  const known = TLS13.includes(name) ? name : OPENSSL[name];
  if (known !== undefined) return known;
  throw new TiphysError('invalid', `the cipher suite ${name} is not one of ${CIPHER_NAMES.join(', ')}`);
}
