import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TiphysError } from '@tiphys/model';

const MIN_BYTES = 32;

/** The secret that authenticates cached values. Every service that shares a cache has the same. */
export interface CacheKey {
  readonly secret: Buffer;
}

/** Reads the key from a mounted secret: the file's bytes, without white space at the end; at least 32. */
export async function readCacheKey(path: string): Promise<CacheKey> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw new TiphysError(
      'invalid',
      `the cache key file ${path} cannot be read; mount it or change --cache-key-file`,
      {
        cause,
      },
    );
  });
  const secret = content.subarray(0, content.toString('latin1').trimEnd().length);
  return cacheKeyOf(secret, `the cache key file ${path}`);
}

/** A key from bytes at hand; refuses fewer than 32. */
export function cacheKeyOf(bytes: Uint8Array | string, origin = 'the cache key'): CacheKey {
  const secret = Buffer.from(bytes);
  if (secret.length < MIN_BYTES) {
    throw new TiphysError(
      'invalid',
      `${origin} has ${secret.length} bytes, at least ${MIN_BYTES} are needed: head -c 32 /dev/urandom | base64`,
    );
  }
  return { secret: createHash('sha256').update('tiphys-cache\0').update(secret).digest() };
}

/** A key that dies with the process: values of other processes read as absent. */
export const randomCacheKey = (): CacheKey => cacheKeyOf(randomBytes(MIN_BYTES));
