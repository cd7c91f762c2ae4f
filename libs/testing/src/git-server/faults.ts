import { Transform, type TransformCallback } from 'node:stream';

/** What goes wrong with a repository. */
export type GitFault =
  /** Accepts the request and never answers. */
  | { readonly kind: 'hang' }
  /** Answers with an HTTP status, such as 401, 403, 404 or 503. */
  | { readonly kind: 'status'; readonly status: number }
  /** Sends the browser elsewhere. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Closes the connection after so many bytes of a pack. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Flips bytes of the pack from an offset on. */
  | { readonly kind: 'garbage'; readonly fromByte: number }
  /** Sends packs at this rate. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

/** The stream that a pack flows through, or undefined where the fault is none of packs. */
export function packStream(fault: GitFault | undefined): Transform | undefined {
  switch (fault?.kind) {
    case 'cut':
      return new Cut(fault.afterBytes);
    case 'garbage':
      return new Garbage(fault.fromByte);
    case 'slow':
      return new Slow(fault.bytesPerSecond);
    case 'hang':
    case 'status':
    case 'redirect':
    case undefined:
      return undefined;
  }
}

class Cut extends Transform {
  #left: number;

  constructor(bytes: number) {
    super();
    this.#left = bytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length > this.#left) {
      this.push(chunk.subarray(0, this.#left));
      this.destroy(new Error('cut'));
      return;
    }
    this.#left -= chunk.length;
    done(null, chunk);
  }
}

class Garbage extends Transform {
  #good: number;

  constructor(bytes: number) {
    super();
    this.#good = bytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const kept = Math.min(this.#good, chunk.length);
    this.#good -= kept;
    done(null, Buffer.from(chunk.map((byte, index) => (index < kept ? byte : byte ^ 0x5a))));
  }
}

class Slow extends Transform {
  readonly #rate: number;

  constructor(bytesPerSecond: number) {
    super();
    this.#rate = bytesPerSecond;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    setTimeout(() => done(null, chunk), (chunk.length / this.#rate) * 1000);
  }
}
