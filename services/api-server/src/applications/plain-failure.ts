import { TiphysError, hasCode, isTiphysError } from '@tiphys/model';

/** What is wrong in a repository is no fault of the request: clients of this API get it without a code of its own. */
export function plainFailure(error: unknown): never {
  if (hasCode(error, 'unavailable') || hasCode(error, 'canceled') || !isTiphysError(error)) throw error;
  throw new TiphysError('unknown', error.message, { cause: error });
}
