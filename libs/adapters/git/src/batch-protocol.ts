/** An object as `git cat-file --batch-command` hands it out. */
export interface GitObject {
  readonly id: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly size: number;
  /** Undefined when only asked for its size, or when it is larger than the limit. */
  readonly content: Uint8Array | undefined;
}

export type BatchAnswer = GitObject | 'missing';

const HEADER = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/;

interface OpenObject {
  readonly object: GitObject;
  readonly chunks: Buffer[];
  left: number;
}

/** Splits the output of `git cat-file --batch-command` into answers. */
export class BatchParser {
  readonly #limit: number;
  readonly #expectsContent: () => boolean;
  readonly #onAnswer: (answer: BatchAnswer) => void;
  #header: Buffer = Buffer.alloc(0);
  #open: OpenObject | undefined;

  /** `expectsContent` says of the next answer whether content follows its header. */
  constructor(options: {
    readonly maxBytes: number;
    readonly expectsContent: () => boolean;
    readonly onAnswer: (answer: BatchAnswer) => void;
  }) {
    this.#limit = options.maxBytes;
    this.#expectsContent = options.expectsContent;
    this.#onAnswer = options.onAnswer;
  }

  push(chunk: Uint8Array): void {
    let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0)
      rest = this.#open === undefined ? this.#readHeader(rest) : this.#readContent(rest);
  }

  #readHeader(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a);
    if (end < 0) {
      this.#header = Buffer.concat([this.#header, bytes]);
      return Buffer.alloc(0);
    }
    const line = Buffer.concat([this.#header, bytes.subarray(0, end)]).toString('latin1');
    this.#header = Buffer.alloc(0);
    this.#begin(line);
    return bytes.subarray(end + 1);
  }

  #begin(line: string): void {
    const match = HEADER.exec(line);
    if (match === null) {
      this.#onAnswer('missing');
      return;
    }
    const [, id = '', type, size] = match;
    const object: GitObject = { id, type: type as GitObject['type'], size: Number(size), content: undefined };
    if (this.#expectsContent()) this.#open = { object, chunks: [], left: object.size + 1 };
    else this.#onAnswer(object);
  }

  #readContent(bytes: Buffer): Buffer {
    const open = this.#open;
    if (open === undefined) return bytes;
    const part = bytes.subarray(0, open.left);
    open.left -= part.length;
    if (open.object.size <= this.#limit) open.chunks.push(part);
    if (open.left === 0) this.#finish(open);
    return bytes.subarray(part.length);
  }

  #finish(open: OpenObject): void {
    this.#open = undefined;
    const { object, chunks } = open;
    if (object.size > this.#limit) {
      this.#onAnswer(object);
      return;
    }
    this.#onAnswer({ ...object, content: Buffer.concat(chunks, object.size + 1).subarray(0, object.size) });
  }
}
