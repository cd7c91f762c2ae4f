import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '../metrics/index.ts';

export interface ProbeOptions {
  readonly port: number;
  readonly address: string;
  readonly metrics: Registry;
  /** Names what is not ready; empty means ready. */
  readonly notReady: () => readonly string[] | Promise<readonly string[]>;
}

export interface ProbeServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/healthz` and `/readyz` (200 `ok`, or 503 naming what is missing), `/livez` and `/metrics`. */
export async function startProbes(options: ProbeOptions): Promise<ProbeServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, options).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.message : 'error');
    });
  });
  await listen(server, options);
  const port = (server.address() as AddressInfo).port;
  return { port, close: () => closeServer(server) };
}

async function answer(url: string, response: ServerResponse, options: ProbeOptions): Promise<void> {
  const path = url.split('?')[0];
  switch (path) {
    case '/livez':
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
      return;
    case '/healthz':
    case '/readyz': {
      const missing = await options.notReady();
      const body = missing.length === 0 ? 'ok\n' : `not ready: ${missing.join(', ')}\n`;
      response.writeHead(missing.length === 0 ? 200 : 503, { 'content-type': 'text/plain' }).end(body);
      return;
    }
    case '/metrics':
      response
        .writeHead(200, { 'content-type': options.metrics.contentType })
        .end(await options.metrics.metrics());
      return;
    default:
      response.writeHead(404).end('not found\n');
  }
}

const listen = (server: Server, at: { port: number; address: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.address, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
