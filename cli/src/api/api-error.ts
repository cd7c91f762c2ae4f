import type { ErrorCode } from '@tiphys/model';
import { exitCodes, Failure } from '../program/failure.ts';
import { errorCodeOf, nameOfCode } from './codes.ts';

/** What the server answered instead of doing what it was asked for. */
export class ApiError extends Failure {
  readonly code: ErrorCode;
  /** The text of the server alone. */
  readonly detail: string;
  /** The name of the code that the server sent, such as `PermissionDenied`. */
  readonly codeName: string;

  constructor(grpcCode: number, detail: string, server: string) {
    const code = errorCodeOf(grpcCode);
    const text = detail === '' ? 'the server gave no reason' : detail;
    super(`${text} (${nameOfCode(grpcCode)})`, {
      exitCode: exitCodes.general,
      hints: hintsFor(code, server),
    });
    this.code = code;
    this.detail = detail;
    this.codeName = nameOfCode(grpcCode);
  }
}

/** True for an answer of the server with one of these codes. */
export const isApiError = (error: unknown, ...codes: readonly ErrorCode[]): error is ApiError =>
  error instanceof ApiError && codes.includes(error.code);

function hintsFor(code: ErrorCode, server: string): readonly string[] {
  switch (code) {
    case 'unauthenticated':
      return [`tiphys login ${server} gets a new session.`];
    case 'permission-denied':
      return [
        'An application that does not exist gives the same answer; tiphys app list shows those that you may see.',
      ];
    case 'unimplemented':
      return [`The server ${server} does not offer this.`];
    case 'unavailable':
    case 'resource-exhausted':
    case 'deadline':
      return ['Try again in a moment.'];
    case 'not-found':
    case 'already-exists':
    case 'conflict':
    case 'invalid':
    case 'failed-precondition':
    case 'out-of-range':
    case 'canceled':
    case 'unknown':
    case 'internal':
      return [];
  }
}
