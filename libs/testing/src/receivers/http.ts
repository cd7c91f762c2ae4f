import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '../pki/index.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The request is taken and never answered. */
  readonly hang?: boolean;
}

export type Answering = (request: ReceivedRequest) => Answer | Promise<Answer>;

export interface HttpReceiverOptions {
  /** Decides the answer, at once or later; default 200 with an empty body. */
  readonly answer?: Answering;
  /** Serves TLS with this certificate. */
  readonly identity?: Identity;
}

/** A far side that takes messages over HTTP and remembers them. */
export interface HttpReceiver {
  readonly url: string;
  readonly port: number;
  /** Every request in the order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Changes the answer from now on. */
  answerWith(answer: Answering): void;
  stop(): Promise<void>;
}

/** Starts on a free loopback port. */
export async function startHttpReceiver(options: HttpReceiverOptions = {}): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  let answer: Answering = options.answer ?? (() => ({}));
  const listener: RequestListener = (incoming, response) => {
    void read(incoming).then(async (body) => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body };
      requests.push(request);
      const { status = 200, headers: answered = {}, body: text = '', hang = false } = await answer(request);
      if (!hang) response.writeHead(status, answered).end(text);
    });
  };
  const { identity } = options;
  const server =
    identity === undefined
      ? createServer(listener)
      : createTlsServer({ cert: identity.certPem, key: identity.keyPem }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    answerWith: (next) => {
      answer = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
