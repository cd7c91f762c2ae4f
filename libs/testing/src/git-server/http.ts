import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Identity } from '../pki/index.ts';
import { serveWithBackend } from './backend.ts';
import { packStream, type GitFault } from './faults.ts';
import type { GitRequest, RequestLog } from './request-log.ts';

export interface HttpGitOptions {
  readonly root: string;
  readonly home: string;
  readonly searchPath: string;
  readonly port: number;
  /** Checks the Authorization header; gives the user's name, or undefined to refuse. */
  readonly authorize: (header: string | undefined) => string | undefined;
  readonly tls: (Identity & { readonly clientCaPem: string | undefined }) | undefined;
  readonly faultOf: (repository: string) => GitFault | undefined;
  readonly log: RequestLog;
}

export interface HttpGit {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves bare repositories over smart HTTP on a loopback port. */
export async function serveHttp(options: HttpGitOptions): Promise<HttpGit> {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    firstBytes(request, (bytes) => answer(request, response, { ...options, bytes }));
  };
  const server = options.tls === undefined ? createPlain(handle) : createTls(tlsOptions(options.tls), handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = (server as Server).address() as AddressInfo;
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const tlsOptions = (tls: NonNullable<HttpGitOptions['tls']>): object => ({
  cert: tls.certPem,
  key: tls.keyPem,
  ...(tls.clientCaPem === undefined
    ? {}
    : { ca: tls.clientCaPem, requestCert: true, rejectUnauthorized: true }),
});

/** Looks at the start of a body and puts it back. */
function firstBytes(request: IncomingMessage, then: (bytes: string) => void): void {
  if (request.method !== 'POST') return then('');
  request.once('data', (chunk: Buffer) => {
    request.pause();
    request.unshift(chunk);
    then(chunk.toString('latin1'));
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpGitOptions & { readonly bytes: string },
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const seen = describe(request, url, options.bytes);
  options.log.add(seen);
  const user = options.authorize(request.headers.authorization);
  if (user === undefined) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    return;
  }
  const fault = options.faultOf(seen.repository);
  if (fault !== undefined && answerFault(response, fault, url)) return;
  serveWithBackend(request, response, {
    root: options.root,
    home: options.home,
    searchPath: options.searchPath,
    path: withSuffix(decodeURIComponent(url.pathname)),
    query: url.search.slice(1),
    user: user === '' ? 'anonymous' : user,
    through: seen.kind === 'fetch' ? packStream(fault) : undefined,
  });
}

/** True when the fault was the whole answer. */
function answerFault(response: ServerResponse, fault: GitFault, url: URL): boolean {
  switch (fault.kind) {
    case 'hang':
      return true;
    case 'status':
      response.writeHead(fault.status, statusHeaders(fault.status)).end();
      return true;
    case 'redirect':
      response.writeHead(302, { Location: `${fault.to}${url.pathname}${url.search}` }).end();
      return true;
    case 'cut':
    case 'garbage':
    case 'slow':
      return false;
  }
}

const statusHeaders = (status: number): Record<string, string> =>
  status === 401 ? { 'WWW-Authenticate': 'Basic realm="git"' } : {};

function describe(request: IncomingMessage, url: URL, bytes: string): GitRequest {
  return {
    repository: repositoryOf(url.pathname),
    kind: kindOf(url, bytes),
    method: request.method ?? 'GET',
    path: url.pathname,
    authorization: request.headers.authorization,
  };
}

/** With protocol 2 the list of refs is a POST of its own; the GET before it comes first in a fetch as well. */
function kindOf(url: URL, bytes: string): GitRequest['kind'] {
  const service = url.searchParams.get('service');
  if (url.pathname.endsWith('/info/refs')) return service === 'git-upload-pack' ? 'handshake' : 'other';
  if (url.pathname.endsWith('/git-upload-pack')) {
    return bytes.includes('command=ls-refs') ? 'ls-remote' : 'fetch';
  }
  if (url.pathname.endsWith('/git-receive-pack')) return 'push';
  return 'other';
}

const ENDPOINT = /\/(?:info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.*)$/;

const repositoryOf = (pathname: string): string =>
  decodeURIComponent(
    pathname
      .replace(ENDPOINT, '')
      .replace(/^\//, '')
      .replace(/\.git$/, ''),
  );

/** Repositories answer with and without `.git`, as the big hosts do. */
function withSuffix(pathname: string): string {
  const endpoint = ENDPOINT.exec(pathname)?.[0] ?? '';
  const repository = pathname.slice(0, pathname.length - endpoint.length).replace(/\.git$/, '');
  return `${repository}.git${endpoint}`;
}
