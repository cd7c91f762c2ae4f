import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { isTiphysError, messageOf, TiphysError, type ErrorCode } from '@tiphys/model';

const CODE_TRAILER = 'tiphys-code';
const RETRY_TRAILER = 'tiphys-retry-after-ms';
/** Trailers travel in header frames, which peers bound. */
const MAX_DETAILS = 4_000;

const TO_GRPC: Readonly<Record<ErrorCode, status>> = {
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  'failed-precondition': status.FAILED_PRECONDITION,
  'out-of-range': status.OUT_OF_RANGE,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  deadline: status.DEADLINE_EXCEEDED,
  canceled: status.CANCELLED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
  unknown: status.UNKNOWN,
  internal: status.INTERNAL,
};

const FROM_GRPC: ReadonlyMap<number, ErrorCode> = new Map(
  (Object.entries(TO_GRPC) as [ErrorCode, status][]).map(([code, grpc]) => [grpc, code]),
);

/** What a handler failed with, as the status of its call. What is no TiphysError is a fault of ours: its text stays here. */
export function toServiceError(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const metadata = new Metadata();
  if (!isTiphysError(error)) {
    metadata.set(CODE_TRAILER, 'internal');
    return { code: status.INTERNAL, details: 'internal error', metadata };
  }
  metadata.set(CODE_TRAILER, error.code);
  if (error.retryAfterMs !== undefined) metadata.set(RETRY_TRAILER, String(error.retryAfterMs));
  if (error instanceof TrailingError) metadata.set(error.trailer, 'true');
  return { code: TO_GRPC[error.code], details: shortened(error.message), metadata };
}

/** The failure of a call, as the TiphysError that the far side threw. `peer` is named when the far side was not reached. */
export function fromServiceError(error: unknown, peer: string): TiphysError {
  if (!isServiceError(error)) return new TiphysError('internal', messageOf(error), { cause: error });
  const [named] = error.metadata.get(CODE_TRAILER);
  const retryAfterMs = Number(error.metadata.get(RETRY_TRAILER)[0]);
  if (named === undefined)
    return new TiphysError(codeOf(error), `${peer}: ${error.details}`, { cause: error });
  const code = isErrorCode(String(named)) ? (String(named) as ErrorCode) : codeOf(error);
  return new TiphysError(code, error.details, {
    cause: error,
    ...(Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}),
  });
}

/** An error that carries one more mark to the caller. */
export class TrailingError extends TiphysError {
  readonly trailer: string;

  constructor(code: ErrorCode, message: string, trailer: string) {
    super(code, message);
    this.trailer = trailer;
  }
}

/** True when the far side set that mark. */
export const hasTrailer = (error: unknown, trailer: string): boolean =>
  isServiceError(error) && error.metadata.get(trailer).length > 0;

/** True when the call was cut off, or never had a connection: the far side said nothing. So is a call given up here. */
export const isConnectionLost = (error: unknown): boolean =>
  isServiceError(error) &&
  (error.code === status.UNAVAILABLE || error.code === status.CANCELLED) &&
  error.metadata.get(CODE_TRAILER).length === 0;

const codeOf = (error: ServiceError): ErrorCode => FROM_GRPC.get(error.code) ?? 'unknown';

const isErrorCode = (text: string): boolean => Object.hasOwn(TO_GRPC, text);

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'metadata' in error && error.metadata instanceof Metadata;

const shortened = (text: string): string =>
  text.length <= MAX_DETAILS ? text : `${text.slice(0, MAX_DETAILS)} …`;
