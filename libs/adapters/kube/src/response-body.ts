import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { TiphysError } from '@tiphys/model';
import type { ResponseHead, ResponseSink } from './exchange.ts';

const unpack = promisify(gunzip);

/** Collects a whole response, at most `limit` bytes both packed and unpacked. */
export class ResponseBody implements ResponseSink {
  status = 0;
  retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #packed = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  head({ status, headers }: ResponseHead): void {
    this.status = status;
    this.retryAfter = first(headers['retry-after']);
    this.#packed = first(headers['content-encoding']) === 'gzip';
  }

  chunk(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) throw this.#tooLarge();
    this.#chunks.push(chunk);
  }

  /** The text; `resource-exhausted` beyond the limit, `unavailable` for bytes that do not unpack. */
  async text(): Promise<string> {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (bytes === undefined) return '';
    return (this.#packed ? await this.#unpacked(bytes) : bytes).toString('utf8');
  }

  async #unpacked(bytes: Buffer): Promise<Buffer> {
    try {
      return await unpack(bytes, { maxOutputLength: this.#limit });
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw this.#tooLarge(cause);
      throw new TiphysError('unavailable', 'the answer is damaged: it does not unpack', { cause });
    }
  }

  #tooLarge(cause?: unknown): TiphysError {
    return new TiphysError('resource-exhausted', `the answer is larger than ${this.#limit} bytes`, { cause });
  }
}

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
