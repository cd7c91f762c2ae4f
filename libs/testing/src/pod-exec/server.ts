import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { KubeAccess } from '../kube-env/index.ts';
import { createAuthority } from '../pki/index.ts';
import { runProgram } from './program.ts';

/** What a caller asked to run. */
export interface ExecRequest {
  readonly path: string;
  readonly command: readonly string[];
  readonly container: string;
  readonly protocol: string;
  /** Whose rights were asked for; undefined for those of the connection. */
  readonly user: string | undefined;
}

/** An API server that can run programs in pods: a kube-apiserver alone has no kubelet to ask. */
export interface PodExecServer {
  readonly url: string;
  readonly caPem: string;
  /** The only login that it takes. */
  readonly token: string;
  readonly requests: readonly ExecRequest[];
  /** Sizes that terminals were given. */
  readonly sizes: readonly string[];
  /** Programs that run now. */
  readonly running: number;
  /** Ends all programs, as when their pods go. */
  endAll(): void;
  close(): Promise<void>;
}

const EXEC = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/exec$/u;
const TOKEN = 'token-of-the-far-cluster';

/** Passes all requests on to a kube-apiserver but those to run a program: these it runs itself, as real processes. */
export async function startPodExec(
  kube: KubeAccess,
  programs: Readonly<Record<string, string>>,
): Promise<PodExecServer> {
  const authority = createAuthority('exec test authority');
  const { certPem, keyPem } = authority.issue({
    commonName: 'localhost',
    hosts: ['127.0.0.1'],
    usage: 'server',
  });
  const requests: ExecRequest[] = [];
  const sizes: string[] = [];
  const ends = new Set<() => void>();
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  const isKnown = (request: IncomingMessage): boolean => request.headers.authorization === `Bearer ${TOKEN}`;

  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    if (isKnown(request)) passOn(kube, request, response);
    else response.writeHead(401).end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '', 'https://localhost');
    if (!isKnown(request) || !EXEC.test(url.pathname)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (browser) => {
      const command = url.searchParams.getAll('command');
      const user = request.headers['impersonate-user'];
      requests.push({
        path: url.pathname,
        command,
        container: url.searchParams.get('container') ?? '',
        protocol: browser.protocol,
        user: Array.isArray(user) ? user[0] : user,
      });
      const stop = runProgram(browser, {
        program: programs[command[0] ?? ''],
        name: command[0] ?? '',
        onResize: (size) => sizes.push(size),
      });
      ends.add(stop);
      browser.on('close', () => {
        stop();
        ends.delete(stop);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caPem: authority.certPem,
    token: TOKEN,
    requests,
    sizes,
    get running() {
      return ends.size;
    },
    endAll() {
      for (const end of ends) end();
    },
    async close() {
      for (const end of ends) end();
      server.closeAllConnections();
      for (const browser of sockets.clients) browser.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(kube: KubeAccess, request: IncomingMessage, response: ServerResponse): void {
  const { apiUrl, caPem, certPem, keyPem, token } = kube.connection;
  const { authorization: _ours, host: _host, connection: _hop, ...headers } = request.headers;
  const sent = httpsRequest(
    `${apiUrl}${request.url ?? ''}`,
    {
      method: request.method ?? 'GET',
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ca: caPem,
      ...(certPem === undefined ? {} : { cert: certPem }),
      ...(keyPem === undefined ? {} : { key: keyPem }),
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  sent.on('error', () => response.destroy());
  response.on('close', () => sent.destroy());
  request.pipe(sent);
}
