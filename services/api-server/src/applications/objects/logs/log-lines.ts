import { parseLogTime } from './log-time.ts';
import type { LogTime } from './log-time.ts';

/** A line of a log. */
export interface LogLine {
  /** Undefined for what the source wrote without one. */
  readonly time: LogTime | undefined;
  readonly content: string;
}

const NEWLINE = 10;
/** Bytes of a line; what is longer goes on in a line of the same time. */
const MAX_LINE = 256 * 1024;

/** Reads the bytes of a log as lines, a batch for each chunk. What is kept in between is one unfinished line. */
export async function* logLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly LogLine[]> {
  const reader = new LineReader();
  for await (const chunk of chunks) {
    const lines = reader.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const rest = reader.end();
  if (rest.length > 0) yield rest;
}

class LineReader {
  #rest: Uint8Array[] = [];
  #bytes = 0;
  /** The time of a line of which the first part was handed on already. */
  #cut: { readonly time: LogTime | undefined } | undefined;

  push(chunk: Uint8Array): readonly LogLine[] {
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end), lines);
      this.#finish(lines);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start), lines);
    return lines;
  }

  /** The last line, where no newline ended it. */
  end(): readonly LogLine[] {
    const lines: LogLine[] = [];
    if (this.#bytes > 0) this.#finish(lines);
    return lines;
  }

  #keep(part: Uint8Array, lines: LogLine[]): void {
    this.#rest.push(part);
    this.#bytes += part.length;
    while (this.#bytes >= MAX_LINE) {
      const bytes = Buffer.concat(this.#rest);
      const at = characterStart(bytes, MAX_LINE);
      this.#rest = [bytes.subarray(at)];
      this.#bytes -= at;
      const found = this.#linesOf(bytes.toString('utf8', 0, at));
      this.#cut = { time: found.at(-1)?.time };
      lines.push(...found);
    }
  }

  #finish(lines: LogLine[]): void {
    const text = Buffer.concat(this.#rest).toString('utf8').trimEnd();
    this.#rest = [];
    this.#bytes = 0;
    const isEnd = this.#cut !== undefined && text === '';
    if (!isEnd) lines.push(...this.#linesOf(text));
    this.#cut = undefined;
  }

  #linesOf(text: string): readonly LogLine[] {
    if (this.#cut !== undefined) return contents(text, this.#cut.time);
    const space = text.indexOf(' ');
    const time = parseLogTime(space < 0 ? text : text.slice(0, space));
    if (time === undefined) return contents(text, undefined);
    return contents(space < 0 ? '' : text.slice(space + 1), time);
  }
}

/** What a program wrote over with carriage returns is a line each. */
const contents = (text: string, time: LogTime | undefined): readonly LogLine[] =>
  text.split('\r').map((content) => ({ time, content }));

/** The last place at or before `at` where a character begins. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > at - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
