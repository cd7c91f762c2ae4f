import type { Readable } from 'node:stream';

const STDERR_KEPT = 64 * 1024;

/** Keeps standard output up to a limit, and calls `onOverflow` once beyond it. */
export class OutputCapture {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onOverflow: () => void;
  #size = 0;

  constructor(stream: Readable, limit: number, onOverflow: () => void) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks, this.#size);
  }

  #add(chunk: Buffer): void {
    if (this.#size > this.#limit) return;
    this.#size += chunk.length;
    if (this.#size <= this.#limit) {
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks.length = 0;
    this.#onOverflow();
  }
}

/** Keeps the end of standard error. */
export class TailCapture {
  #text = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-STDERR_KEPT);
    });
  }

  text(): string {
    return this.#text;
  }
}
