import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as requestOver } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubeConnection } from '../kube-env/index.ts';
import { ContainerLog, refuse } from './container-log.ts';

/** An API server whose nodes serve logs: a real one, in front of which logs are answered here. */
export interface PodLogServer {
  /** Speaks plain HTTP and needs no login. */
  readonly url: string;
  /** The queries for logs, in order. */
  readonly queries: readonly URLSearchParams[];
  /** The log of a container: `pod`, or `pod/container`; `pod/container/previous` for the one before. */
  log(name: string): ContainerLog;
  close(): Promise<void>;
}

const LOG = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/log$/;

/** Starts it in front of the API server of a connection with a client certificate. */
export async function startPodLogServer(connection: KubeConnection): Promise<PodLogServer> {
  const logs = new Map<string, ContainerLog>();
  const queries: URLSearchParams[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const pod = LOG.exec(url.pathname)?.[1];
    if (pod === undefined) return forward(connection, request, response);
    queries.push(url.searchParams);
    const container = url.searchParams.get('container');
    const parts = [pod, container, url.searchParams.get('previous') === 'true' ? 'previous' : null];
    const log = logs.get(parts.filter((part) => part !== null).join('/'));
    if (log === undefined) refuse(response, 404, `pods "${pod}" not found`);
    else log.serve(url.searchParams, response);
  };
  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    queries,
    log(name) {
      const log = logs.get(name) ?? new ContainerLog();
      logs.set(name, log);
      return log;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(connection: KubeConnection, request: IncomingMessage, response: ServerResponse): void {
  const { apiUrl, caPem: ca, certPem: cert, keyPem: key } = connection;
  const { host: _host, authorization: _authorization, ...headers } = request.headers;
  const onward = requestOver(
    new URL(request.url ?? '/', apiUrl),
    { method: request.method, headers, ca, cert, key },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  response.once('close', () => onward.destroy());
  request.pipe(onward);
}
