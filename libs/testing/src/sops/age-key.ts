import { generateKeyPairSync } from 'node:crypto';

/** A key pair for age. */
export interface AgeKey {
  /** `AGE-SECRET-KEY-1…` */
  readonly identity: string;
  /** `age1…` */
  readonly recipient: string;
}

/** Makes a new key pair. */
export function newAgeKey(): AgeKey {
  const { privateKey } = generateKeyPairSync('x25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  return {
    identity: bech32('age-secret-key-', Buffer.from(d, 'base64url')).toUpperCase(),
    recipient: bech32('age', Buffer.from(x, 'base64url')),
  };
}

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173. */
function bech32(prefix: string, data: Uint8Array): string {
  const words = inFives(data);
  const checked = [...spread(prefix), ...words, 0, 0, 0, 0, 0, 0];
  const sum = polymod(checked) ^ 1;
  const check = [0, 1, 2, 3, 4, 5].map((index) => (sum >> (5 * (5 - index))) & 31);
  return `${prefix}1${[...words, ...check].map((word) => LETTERS[word]).join('')}`;
}

function inFives(data: Uint8Array): readonly number[] {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g)?.map((group) => Number.parseInt(group.padEnd(5, '0'), 2)) ?? [];
}

function spread(prefix: string): readonly number[] {
  const codes = [...prefix].map((letter) => letter.codePointAt(0) ?? 0);
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

const polymod = (words: readonly number[]): number =>
  words.reduce((sum, word) => {
    const next = ((sum & 0x1ffffff) << 5) ^ word;
    return GENERATOR.reduce((left, part, bit) => ((sum >> (25 + bit)) & 1 ? left ^ part : left), next);
  }, 1);
