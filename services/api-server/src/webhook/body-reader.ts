import type { IncomingMessage } from 'node:http';

export type BodyRead =
  | { readonly type: 'body'; readonly body: Buffer }
  | { readonly type: 'too-large' }
  /** Others hold all the memory that there is for bodies. */
  | { readonly type: 'busy' }
  | { readonly type: 'gone' };

/** Of all bodies together, before it is known who sends them. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const MAX_READERS = 200;

/** Reads bodies of strangers with an end to what one of them, and all of them together, may take. */
export class BodyReader {
  #held = 0;
  #readers = 0;

  /** Stops reading at the limit. Never rejects. */
  async read(request: IncomingMessage, limit: number): Promise<BodyRead> {
    if (Number(request.headers['content-length'] ?? 0) > limit) return { type: 'too-large' };
    if (this.#readers >= MAX_READERS) return { type: 'busy' };
    this.#readers++;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > limit) return { type: 'too-large' };
        if (this.#held > MAX_HELD_BYTES) return { type: 'busy' };
        chunks.push(chunk);
      }
      return { type: 'body', body: Buffer.concat(chunks) };
    } catch {
      return { type: 'gone' };
    } finally {
      this.#readers--;
      this.#held -= size;
    }
  }
}
