import { TiphysError } from '@tiphys/model';

const NEWLINE = 10;
/** An object in etcd is 1.5 MiB at most by default; no sane line comes near this. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Takes chunks of bytes, gives whole lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
}

/**
 * Splits a byte stream at newlines and hands each non-empty line on as text. Only whole lines are decoded, so a
 * character cut by a chunk border is safe; what is kept between chunks is the unfinished line alone.
 * `push` throws `resource-exhausted` for a line beyond 64 MiB.
 */
export function lineSplitter(onLine: (line: string) => void): LineSplitter {
  let rest: Buffer[] = [];
  let restBytes = 0;

  const keep = (part: Buffer): void => {
    restBytes += part.length;
    if (restBytes > MAX_LINE_BYTES) {
      throw new TiphysError('resource-exhausted', `a watch event is longer than ${MAX_LINE_BYTES} bytes`);
    }
    rest.push(part);
  };
  const take = (part: Buffer): Buffer => {
    if (rest.length === 0) return part;
    const line = Buffer.concat([...rest, part]);
    rest = [];
    restBytes = 0;
    return line;
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const line = take(chunk.subarray(start, end));
        start = end + 1;
        if (line.length > 0) onLine(line.toString('utf8'));
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
  };
}
