import { Agent, request } from 'undici';
import { TiphysError, messageOf, type ErrorCode } from '@tiphys/model';
import type { AddressPolicy } from './address-policy.ts';

const MAX_URL = 8 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_REPLY_BYTES = 64 * 1024;

export interface HttpSenderOptions {
  readonly policy: AddressPolicy;
  /** Milliseconds for one request, reply included; default 15,000. */
  readonly timeoutMs?: number;
  readonly insecureSkipVerify?: boolean;
  /** PEM that is trusted for a host instead of the system's roots. */
  readonly caOf?: (host: string) => Promise<string | undefined>;
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** Sends one request and follows no redirect. Any status is a reply; rejects when there is none. */
export type HttpSender = (outgoing: OutgoingRequest) => Promise<Reply>;

/** A sender that connects only to addresses the policy allows, those that the name had when it was checked. */
export function createHttpSender(options: HttpSenderOptions): HttpSender {
  const { policy, timeoutMs = 15_000, insecureSkipVerify = false, caOf } = options;
  return async (outgoing) => {
    const url = checked(outgoing);
    const [target] = await policy.resolve(url.hostname);
    const ca = await caOf?.(url.hostname);
    const agent = new Agent({
      connect: {
        rejectUnauthorized: !insecureSkipVerify,
        timeout: timeoutMs,
        lookup: (_host, { all }, callback) =>
          all === true ? callback(null, [{ ...target }]) : callback(null, target.address, target.family),
        ...(ca === undefined ? {} : { ca }),
      },
    });
    try {
      return await exchange(agent, url, { ...outgoing, timeoutMs });
    } finally {
      await agent.destroy();
    }
  };
}

function checked({ url, body }: OutgoingRequest): URL {
  if (url.length > MAX_URL)
    throw new TiphysError('invalid', `the address is longer than ${MAX_URL} characters`);
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw new TiphysError('invalid', 'the message is larger than 1 MiB');
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw new TiphysError('invalid', 'the address is no http or https URL');
  }
  return parsed;
}

async function exchange(
  agent: Agent,
  url: URL,
  { method, headers, body, timeoutMs }: OutgoingRequest & { readonly timeoutMs: number },
): Promise<Reply> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, { dispatcher: agent, method, headers, body, signal });
    const retryAfter = Number(response.headers['retry-after']);
    return {
      status: response.statusCode,
      text: await limitedText(response.body),
      ...(Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfterMs: retryAfter * 1_000 } : {}),
    };
  } catch (cause) {
    if (signal.aborted)
      throw new TiphysError('deadline', `${url.host} did not answer within ${timeoutMs} ms`);
    throw new TiphysError('unavailable', `${url.host} cannot be reached: ${messageOf(cause)}`, { cause });
  }
}

async function limitedText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_REPLY_BYTES).toString('utf8');
}

/** Throws unless the reply accepts. What cannot succeed later has a code of its own. */
export function assertAccepted(reply: Reply, what: string): void {
  if (reply.status >= 200 && reply.status <= 299) return;
  const excerpt = reply.text.trim().slice(0, 300);
  throw new TiphysError(
    codeOf(reply.status),
    `${what} answered with status ${reply.status}${excerpt === '' ? '' : `: ${excerpt}`}`,
    reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs },
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'resource-exhausted';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'permission-denied';
  if (status === 408 || status === 425 || status >= 500) return 'unavailable';
  return 'invalid';
}
