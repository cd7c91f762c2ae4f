import { isTiphysError } from '@tiphys/model';
import type { ErrorCode } from '@tiphys/model';

/** An error as it leaves the server. */
export interface CallStatus {
  /** The gRPC status code. */
  readonly code: number;
  readonly message: string;
}

const CODES: Readonly<Record<ErrorCode, number>> = {
  canceled: 1,
  unknown: 2,
  invalid: 3,
  deadline: 4,
  'not-found': 5,
  'already-exists': 6,
  'permission-denied': 7,
  'resource-exhausted': 8,
  'failed-precondition': 9,
  conflict: 10,
  'out-of-range': 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};

const HTTP: Readonly<Record<number, readonly [number, string]>> = {
  0: [200, 'OK'],
  1: [408, 'Request Timeout'],
  2: [500, 'Internal Server Error'],
  3: [400, 'Bad Request'],
  4: [504, 'Gateway Timeout'],
  5: [404, 'Not Found'],
  6: [409, 'Conflict'],
  7: [403, 'Forbidden'],
  8: [429, 'Too Many Requests'],
  9: [400, 'Bad Request'],
  10: [409, 'Conflict'],
  11: [400, 'Bad Request'],
  12: [501, 'Not Implemented'],
  13: [500, 'Internal Server Error'],
  14: [503, 'Service Unavailable'],
  15: [500, 'Internal Server Error'],
  16: [401, 'Unauthorized'],
};

/** The status of anything thrown. What is no TiphysError is a fault of ours: its text stays inside. */
export function statusOf(error: unknown): CallStatus {
  if (isTiphysError(error)) return { code: CODES[error.code], message: error.message };
  return { code: CODES.internal, message: 'internal error: the server log has the reason' };
}

/** HTTP status of a gRPC code. */
export const httpStatusOf = (code: number): number => HTTP[code]?.[0] ?? 500;

/** The words of an HTTP status of a gRPC code. */
export const httpReasonOf = (code: number): string => HTTP[code]?.[1] ?? 'Internal Server Error';

/** The JSON of an error of a unary call. */
export const errorBody = ({ code, message }: CallStatus): Record<string, string | number> => ({
  error: message,
  code,
  message,
});

/** The JSON of an error of a stream. */
export const streamErrorBody = ({ code, message }: CallStatus): Record<string, unknown> => ({
  error: {
    grpc_code: code,
    http_code: httpStatusOf(code),
    message,
    http_status: httpReasonOf(code),
  },
});
