import { createHmac, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { CacheKey } from './cache-key.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const FORMAT = 1;
const PLAIN = 0;
const GZIP = 1;
const MAC_BYTES = 32;
/** format, encoding, expiry in milliseconds */
const HEADER_BYTES = 10;

export interface SealOptions {
  readonly key: CacheKey;
  /** What the value is bound to (its full key or channel): a value moved elsewhere does not open. */
  readonly context: string;
}

export interface SealRequest extends SealOptions {
  /** Milliseconds since the epoch after which the value must not be believed any more. */
  readonly expiresAt: number;
  /** Values of so many bytes or more are compressed. */
  readonly gzipFrom: number;
}

/** Authenticates a value with HMAC-SHA256, compressed where it is large. */
export async function seal(value: string, request: SealRequest): Promise<Buffer> {
  const plain = Buffer.from(value, 'utf8');
  const zipped = plain.length >= request.gzipFrom;
  const body = zipped ? await compress(plain, { level: constants.Z_BEST_SPEED }) : plain;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT, 0);
  header.writeUInt8(zipped ? GZIP : PLAIN, 1);
  header.writeBigUInt64BE(BigInt(Math.min(request.expiresAt, Number.MAX_SAFE_INTEGER)), 2);
  return Buffer.concat([mac(request, header, body), header, body]);
}

/** Opens what `seal` made; undefined for anything else: tampered with, of another format, key or context, or expired. */
export async function open(
  sealed: Buffer,
  options: SealOptions & { readonly now: number },
): Promise<string | undefined> {
  if (sealed.length < MAC_BYTES + HEADER_BYTES) return undefined;
  const header = sealed.subarray(MAC_BYTES, MAC_BYTES + HEADER_BYTES);
  const body = sealed.subarray(MAC_BYTES + HEADER_BYTES);
  if (!timingSafeEqual(sealed.subarray(0, MAC_BYTES), mac(options, header, body))) return undefined;
  if (header.readUInt8(0) !== FORMAT) return undefined;
  if (header.readBigUInt64BE(2) < BigInt(options.now)) return undefined;
  const plain = header.readUInt8(1) === GZIP ? await decompress(body) : body;
  return plain.toString('utf8');
}

function mac({ key, context }: SealOptions, header: Buffer, body: Buffer): Buffer {
  const name = Buffer.from(context, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return createHmac('sha256', key.secret).update(length).update(name).update(header).update(body).digest();
}
