import type { IncomingMessage } from 'node:http';
import { TiphysError } from '@tiphys/model';

/** Reads a whole body. @throws TiphysError `resource-exhausted` beyond `limit` bytes, `canceled` when it is cut off. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new TiphysError('resource-exhausted', `the body is larger than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof TiphysError) throw cause;
    throw new TiphysError('canceled', 'the request was cut off', { cause });
  }
  return Buffer.concat(chunks);
}
