import type { ErrorCode, JsonValue } from '@tiphys/model';
import { TiphysError, isJsonObject, isTiphysError, numberAt, stringAt, arrayAt } from '@tiphys/model';
import { parseJson } from './lossless-json.ts';

/** What the API server said, kept as the `cause` of the error that it became. */
export class ApiStatus extends Error {
  override readonly name = 'ApiStatus';
  readonly httpStatus: number;
  /** Machine reason such as `Expired` or `AlreadyExists`; empty where the server gave none. */
  readonly reason: string;
  /** Reasons of `details.causes`. */
  readonly causes: readonly string[];

  constructor(httpStatus: number, body: JsonValue) {
    super(stringAt(body, 'message') ?? '');
    this.httpStatus = httpStatus;
    this.reason = stringAt(body, 'reason') ?? '';
    this.causes = arrayAt(body, 'details', 'causes').map((cause) => stringAt(cause, 'reason') ?? '');
  }
}

/** A refused request: how it was refused, and which one it was. */
export interface Refusal {
  readonly httpStatus: number;
  readonly body: string;
  /** `GET /api/v1/pods`, for replies without a message of their own. */
  readonly request: string;
  readonly retryAfter?: string | undefined;
}

/** The error for an HTTP status of 400 and above; the message is the API server's own where it sent a Status. */
export function refusalError(refusal: Refusal): TiphysError {
  const body = statusBody(refusal.body);
  const message = stringAt(body, 'message') ?? plainMessage(refusal);
  const seconds = Number(refusal.retryAfter ?? numberAt(body, 'details', 'retryAfterSeconds'));
  const cause = new ApiStatus(refusal.httpStatus, body);
  return new TiphysError(codeOf(cause), message, {
    cause,
    ...(Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

/** The error for the `object` of a watch event of type ERROR, which is a Status. */
export function watchError(object: JsonValue | undefined): TiphysError {
  const body = isJsonObject(object) ? object : {};
  const cause = new ApiStatus(numberAt(body, 'code') ?? 500, body);
  return new TiphysError(codeOf(cause), cause.message || 'the watch ended with an error', { cause });
}

/** The error for a connection that failed or broke. */
export function connectionError(request: string, server: string, cause: unknown): TiphysError {
  if (isTiphysError(cause)) return cause;
  const code = (cause as { code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? code : cause instanceof Error ? cause.message : String(cause);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new TiphysError('deadline', `${request} on ${server}: no answer in time (${why})`, { cause });
  }
  return new TiphysError('unavailable', `${request} on ${server}: ${why}`, { cause });
}

/** The API server's answer behind an error, or undefined where the error never reached one. */
export const statusOf = (error: unknown): ApiStatus | undefined =>
  isTiphysError(error) && error.cause instanceof ApiStatus ? error.cause : undefined;

/** True where a resource version or continue token is too old, or newer than all the server knows: list again. */
export function isExpired(error: unknown): boolean {
  const status = statusOf(error);
  if (status === undefined) return false;
  return status.httpStatus === 410 || status.causes.includes('ResourceVersionTooLarge');
}

/** The closed code for an answer; 5xx are `unavailable`, as they do not say that asking again is pointless; but for what is too large. */
function codeOf({ httpStatus, reason, message }: ApiStatus): ErrorCode {
  if (isTooLarge(message)) return 'invalid';
  switch (httpStatus) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'permission-denied';
    case 404:
      return 'not-found';
    case 409:
      return reason === 'AlreadyExists' ? 'already-exists' : 'conflict';
    case 410:
      return 'failed-precondition';
    case 429:
      return 'resource-exhausted';
    default:
      return httpStatus >= 500 ? 'unavailable' : httpStatus >= 400 ? 'invalid' : 'unknown';
  }
}

/** What etcd and the connection to it refuse for its size comes as HTTP 500, though no later try can do better. */
const isTooLarge = (message: string): boolean =>
  /etcdserver: request is too large|trying to send message larger than max/u.test(message);

function statusBody(text: string): JsonValue {
  if (!text.startsWith('{')) return {};
  try {
    return parseJson(text);
  } catch {
    // A proxy between us and the API server may answer with anything; the HTTP status tells enough.
    return {};
  }
}

function plainMessage({ httpStatus, request, body }: Refusal): string {
  const text = body.trimStart().startsWith('<') ? '' : body.trim().slice(0, 200);
  return `${request} was answered with HTTP ${httpStatus}${text === '' ? '' : `: ${text}`}`;
}
