import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TiphysError } from '@tiphys/model';

const decompress = promisify(gunzip);

/** Reads a body up to a limit; more is an error `resource-exhausted`. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  options: { readonly maxBytes: number; readonly encoding: string | undefined },
): Promise<Uint8Array> {
  const { maxBytes, encoding } = options;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  return encoding === 'gzip' ? unzip(whole, maxBytes) : whole;
}

async function unzip(data: Buffer, maxBytes: number): Promise<Uint8Array> {
  try {
    return await decompress(data, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new TiphysError('unavailable', 'the answer is not valid gzip', { cause: error });
  }
}

const tooLarge = (maxBytes: number): TiphysError =>
  new TiphysError('resource-exhausted', `the answer is larger than ${String(maxBytes)} bytes`);
