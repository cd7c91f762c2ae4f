import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

interface Line {
  /** RFC 3339. */
  readonly time: string;
  readonly text: string;
}

/** The log of one container, as a node keeps and serves it. */
export class ContainerLog {
  readonly #lines: Line[] = [];
  readonly #followers = new Set<ServerResponse>();
  #refusal: { readonly status: number; readonly message: string } | undefined;
  #flood: string | undefined;
  /** Bytes that a flood has put on the wire. */
  flooded = 0;

  /** Readers that wait for more. */
  get followers(): number {
    return this.#followers.size;
  }

  /** Adds a line; followers get it at once. */
  write(time: string, text: string): void {
    const line = { time, text };
    this.#lines.push(line);
    for (const follower of this.#followers) follower.write(textOf(line));
  }

  /** Bytes as they are, for what no runtime would write. */
  writeRaw(bytes: string | Uint8Array): void {
    for (const follower of this.#followers) follower.write(bytes);
  }

  /** From now on no reader gets a log, but this answer. */
  refuse(status: number, message: string): void {
    this.#refusal = { status, message };
  }

  /** Readers get this line again and again, as fast as they take it. */
  flood(line: string): void {
    this.#flood = line;
  }

  /** The pod is gone: followers come to the end. */
  end(): void {
    for (const follower of this.#followers) follower.end();
  }

  /** The connections of all followers break. */
  cut(): void {
    for (const follower of this.#followers) follower.destroy();
  }

  serve(query: URLSearchParams, response: ServerResponse): void {
    if (this.#refusal !== undefined) return refuse(response, this.#refusal.status, this.#refusal.message);
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    if (this.#flood !== undefined) return void this.#pour(this.#flood, response);
    for (const line of chosen(this.#lines, query)) response.write(textOf(line));
    if (query.get('follow') !== 'true') return void response.end();
    response.flushHeaders();
    this.#followers.add(response);
    response.once('close', () => this.#followers.delete(response));
  }

  async #pour(line: string, response: ServerResponse): Promise<void> {
    const text = Buffer.from(line.repeat(100));
    const gone = new AbortController();
    this.#followers.add(response);
    response.once('close', () => {
      this.#followers.delete(response);
      gone.abort();
    });
    while (!gone.signal.aborted) {
      this.flooded += text.length;
      const isTaken = response.write(text);
      const next = isTaken ? new Promise((resolve) => setImmediate(resolve)) : undefined;
      await (next ?? once(response, 'drain', { signal: gone.signal }).catch(() => undefined));
    }
  }
}

const textOf = ({ time, text }: Line): string => `${time} ${text}\n`;

function chosen(lines: readonly Line[], query: URLSearchParams): readonly Line[] {
  const seconds = query.get('sinceSeconds');
  const since = query.get('sinceTime') ?? '';
  const from = seconds === null ? Date.parse(since) : Date.now() - Number(seconds) * 1_000;
  const recent = Number.isNaN(from) ? lines : lines.filter(({ time }) => Date.parse(time) >= from);
  const tail = query.get('tailLines');
  return tail === null ? recent : recent.slice(-Number(tail));
}

export function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(code, { 'Content-Type': 'application/json' });
  const reason = code === 404 ? 'NotFound' : code === 400 ? 'BadRequest' : 'InternalError';
  response.end(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }),
  );
}
