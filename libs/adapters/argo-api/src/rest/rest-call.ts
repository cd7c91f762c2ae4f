import type { IncomingMessage } from 'node:http';
import type { Call } from '../calls/calls.ts';

const PREFIX = 'grpc-metadata-';
/** HTTP headers that reach a call under their own names. */
const FORWARDED: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
]);

/** The call of an HTTP request. What it answers with as metadata is collected in `headers`. */
export function restCall(
  request: IncomingMessage,
  signal: AbortSignal,
): Call & { readonly headers: ReadonlyMap<string, string> } {
  const headers = new Map<string, string>();
  return {
    transport: 'rest',
    peer: request.socket.remoteAddress ?? '',
    signal,
    headers,
    metadata: (key) => {
      const own = FORWARDED.has(key) ? request.headers[key] : undefined;
      const sent = request.headers[`${PREFIX}${key}`] ?? own;
      return Array.isArray(sent) ? sent[0] : sent;
    },
    setHeader: (key, value) => void headers.set(key, value),
  };
}
