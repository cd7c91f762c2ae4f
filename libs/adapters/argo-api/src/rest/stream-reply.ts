import type { ServerResponse } from 'node:http';
import { httpStatusOf, statusOf, streamErrorBody } from '../calls/status.ts';
import { drained } from './drained.ts';

const KEEPALIVE_MS = 15_000;
/** A stream of events that has nothing to tell is opened after this long, so that its reader knows that it stands. */
const OPEN_AFTER_MS = 1_000;
const OPENED = { 'Grpc-Metadata-Content-Type': 'application/grpc' };

export interface StreamReply {
  /** Server-sent events instead of one JSON text a line. */
  readonly events: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON texts of the messages. */
  readonly messages: AsyncIterable<string>;
  readonly onError: (error: unknown) => void;
}

/**
 * Answers with a stream: `{"result":…}` a message, as lines or as server-sent events with a keepalive every 15 s.
 * The headers go out with the first message, those of events after a second at the latest; an error before that sets the
 * HTTP status.
 */
export async function sendStream(response: ServerResponse, reply: StreamReply): Promise<void> {
  const writer = new StreamWriter(response, reply);
  const opening = reply.events ? setTimeout(() => writer.open(), OPEN_AFTER_MS) : undefined;
  try {
    for await (const message of reply.messages) await writer.message(message);
  } catch (error) {
    reply.onError(error);
    writer.error(error);
  } finally {
    clearTimeout(opening);
    writer.end();
  }
}

class StreamWriter {
  readonly #response: ServerResponse;
  readonly #reply: StreamReply;
  #keepalive: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, reply: StreamReply) {
    this.#response = response;
    this.#reply = reply;
  }

  open(): void {
    this.#start(200, OPENED);
    this.#response.flushHeaders();
  }

  async message(text: string): Promise<void> {
    if (this.#response.destroyed) return;
    this.#start(200, OPENED);
    const framed = this.#reply.events ? `data: {"result":${text}} \n\n\n` : `{"result":${text}}\n`;
    if (!this.#response.write(framed)) await drained(this.#response);
  }

  error(error: unknown): void {
    if (this.#response.destroyed) return;
    const status = statusOf(error);
    this.#start(httpStatusOf(status.code), {});
    const text = JSON.stringify(streamErrorBody(status));
    this.#response.write(this.#reply.events ? `data: ${text} \n\n` : `${text}\n`);
  }

  end(): void {
    clearInterval(this.#keepalive);
    if (!this.#response.headersSent) this.#start(200, {});
    this.#response.end();
  }

  #start(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    const events = this.#reply.events;
    this.#response.writeHead(status, {
      'Content-Type': events ? 'text/event-stream' : 'application/json',
      ...(events
        ? { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' }
        : { Vary: 'Accept-Encoding' }),
      ...headers,
      ...this.#reply.headers,
    });
    if (!events) return;
    this.#keepalive = setInterval(() => this.#response.write(':\n'), KEEPALIVE_MS);
    this.#keepalive.unref();
  }
}
