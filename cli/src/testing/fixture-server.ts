import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FixtureRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FixtureAnswer {
  readonly status?: number;
  readonly body?: unknown;
  /** In place of a body. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Results of an event stream, in place of a body; the connection is cut after them where `cut` is set. */
  readonly events?: readonly unknown[];
  readonly cut?: boolean;
  /** The stream ends after its events. */
  readonly isWhole?: boolean;
}

export type Answering = (request: FixtureRequest) => FixtureAnswer;

/** A REST server on the loopback that answers as it is told, and remembers what it was asked. */
export class FixtureServer {
  readonly requests: FixtureRequest[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answer: Answering): Promise<FixtureServer> {
    const server = createServer();
    const fixture = new FixtureServer(server);
    server.on('request', (request, response) => void fixture.#serve(request, response, answer));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return fixture;
  }

  /** `host:port`. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `127.0.0.1:${String(port)}`;
  }

  /** What was asked with this method and path, oldest first. */
  asked(method: string, path: string): readonly FixtureRequest[] {
    return this.requests.filter((request) => request.method === method && request.path === path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, answer: Answering): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const received = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: await text(request),
    };
    this.requests.push(received);
    send(response, answer(received));
  }
}

function send(
  response: ServerResponse,
  { status = 200, body, bytes, headers = {}, events, cut, isWhole }: FixtureAnswer,
): void {
  if (bytes !== undefined) {
    response.writeHead(status, headers);
    response.end(bytes);
    return;
  }
  if (events === undefined) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
    return;
  }
  response.writeHead(status, { 'content-type': 'text/event-stream' });
  for (const result of events) response.write(`data: ${JSON.stringify({ result })} \n\n\n`);
  response.write(':\n');
  if (cut === true) response.destroy();
  if (isWhole === true) response.end();
}

/** An error as the gateway writes it. */
export const refusal = (code: number, message: string): FixtureAnswer => ({
  status: { 3: 400, 5: 404, 7: 403, 9: 400, 12: 501, 14: 503, 16: 401 }[code] ?? 500,
  body: { error: message, code, message },
});
