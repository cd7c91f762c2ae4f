import type { ErrorCode } from '@tiphys/model';

/** gRPC codes by number: their name for users, and ours. */
const codes: readonly (readonly [string, ErrorCode])[] = [
  ['OK', 'unknown'],
  ['Canceled', 'canceled'],
  ['Unknown', 'unknown'],
  ['InvalidArgument', 'invalid'],
  ['DeadlineExceeded', 'deadline'],
  ['NotFound', 'not-found'],
  ['AlreadyExists', 'already-exists'],
  ['PermissionDenied', 'permission-denied'],
  ['ResourceExhausted', 'resource-exhausted'],
  ['FailedPrecondition', 'failed-precondition'],
  ['Aborted', 'conflict'],
  ['OutOfRange', 'out-of-range'],
  ['Unimplemented', 'unimplemented'],
  ['Internal', 'internal'],
  ['Unavailable', 'unavailable'],
  ['DataLoss', 'internal'],
  ['Unauthenticated', 'unauthenticated'],
];

export const nameOfCode = (code: number): string => codes[code]?.[0] ?? 'Unknown';

export const errorCodeOf = (code: number): ErrorCode => codes[code]?.[1] ?? 'unknown';

const ofStatus: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  429: 8,
  501: 12,
  503: 14,
  504: 4,
};

/** The gRPC code that stands for an HTTP status where the body does not say one. */
export const codeOfStatus = (status: number): number => ofStatus[status] ?? (status < 500 ? 3 : 2);
