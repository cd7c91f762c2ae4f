import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';

export interface BackendRequest {
  readonly root: string;
  readonly path: string;
  readonly query: string;
  readonly home: string;
  readonly searchPath: string;
  readonly user: string | undefined;
  /** The body flows through it on its way out. */
  readonly through: Transform | undefined;
}

/** Answers one request with `git http-backend`, spoken to as a CGI program. */
export function serveWithBackend(
  request: IncomingMessage,
  response: ServerResponse,
  options: BackendRequest,
): void {
  const child = spawn('git', ['http-backend'], {
    env: cgiEnvironment(request, options),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.once('error', () => response.writeHead(500).end('git is not installed'));
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  response.once('close', () => child.kill('SIGKILL'));
  readHeaders(child.stdout, (head, rest) => {
    response.writeHead(head.status, head.headers);
    if (options.through === undefined) {
      response.write(rest);
      child.stdout.pipe(response);
      return;
    }
    options.through.once('error', () => response.destroy());
    options.through.pipe(response);
    options.through.write(rest);
    child.stdout.pipe(options.through);
  });
}

function cgiEnvironment(request: IncomingMessage, options: BackendRequest): Record<string, string> {
  const { headers } = request;
  const env: Record<string, string | undefined> = {
    PATH: options.searchPath,
    HOME: options.home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROJECT_ROOT: options.root,
    PATH_INFO: options.path,
    QUERY_STRING: options.query,
    REQUEST_METHOD: request.method,
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: options.user,
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    HTTP_GIT_PROTOCOL: single(headers['git-protocol']),
  };
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

interface CgiHead {
  readonly status: number;
  readonly headers: Record<string, string>;
}

function readHeaders(stream: NodeJS.ReadableStream, onHead: (head: CgiHead, rest: Buffer) => void): void {
  let seen = Buffer.alloc(0);
  const listen = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf('\r\n\r\n');
    if (end < 0) return;
    stream.removeListener('data', listen);
    stream.pause();
    onHead(parseHead(seen.subarray(0, end).toString()), seen.subarray(end + 4));
  };
  stream.on('data', listen);
}

function parseHead(text: string): CgiHead {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers };
}
