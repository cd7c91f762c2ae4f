import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Smaller replies are not worth the work. */
const GZIP_FROM = 1_400;

/** A body as bytes, plain and (once it was asked for) compressed. */
export interface Body {
  readonly plain: Buffer;
  gzip?: Promise<Buffer>;
}

export const bodyOf = (text: string): Body => ({ plain: Buffer.from(text) });

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Body;
}

/** Sends a reply, compressed where the caller takes it and it is worth it. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply & { readonly gzip: boolean },
): Promise<void> {
  const { body } = reply;
  const squeeze = reply.gzip && body.plain.length >= GZIP_FROM && takesGzip(request);
  if (squeeze) body.gzip ??= compress(body.plain, { level: constants.Z_BEST_SPEED });
  const bytes = (squeeze ? await body.gzip : undefined) ?? body.plain;
  if (response.destroyed) return;
  for (const [name, value] of Object.entries(reply.headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (squeeze) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', bytes.length);
  response.writeHead(reply.status);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

const takesGzip = (request: IncomingMessage): boolean =>
  /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0+)?\s*(,|$))[^,]*)?(,|$)/.test(
    String(request.headers['accept-encoding'] ?? ''),
  );

/** A plain-text reply as Go's http.Error writes it. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(`${text}\n`);
}
