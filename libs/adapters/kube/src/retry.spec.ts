import { expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { refusalError } from './api-error.ts';
import type { Authorizer } from './auth.ts';
import { bearerAuthorization } from './auth.ts';
import { retryDelay } from './retry.ts';

const renewing: Authorizer = { header: () => 'Bearer new', rejected: () => true };
const refused = (httpStatus: number, retryAfter?: string) =>
  refusalError({ httpStatus, body: '', request: 'GET /', retryAfter });
const broken = (code: string) =>
  new TiphysError('unavailable', code, { cause: Object.assign(new Error(code), { code }) });

it.each([
  ['GET', refused(429, '2'), 1, 2_000],
  ['GET', refused(429), 3, 1_000],
  ['GET', refused(429, '2'), 4, undefined],
  ['POST', refused(429, '2'), 1, undefined],
  ['GET', refused(401), 1, 0],
  ['PATCH', refused(401), 1, 0],
  ['GET', refused(401), 2, undefined],
  ['GET', new TiphysError('unauthenticated', 'no token file'), 1, undefined],
  ['GET', broken('ECONNRESET'), 1, 0],
  ['GET', broken('UND_ERR_SOCKET'), 1, 0],
  ['GET', broken('ECONNRESET'), 2, undefined],
  ['POST', broken('ECONNRESET'), 1, undefined],
  ['GET', broken('ECONNREFUSED'), 1, undefined],
  ['GET', refused(503, '1'), 1, undefined],
  ['GET', new TypeError('a bug'), 1, undefined],
])('%s, %s, try %i: waits %s', (method, error, tries, expected) => {
  expect(retryDelay({ method, error, tries, authorizer: renewing, header: 'Bearer old' })).toBe(expected);
});

it('does not try a fixed token twice', () => {
  const authorizer = bearerAuthorization('fixed');
  const failed = { method: 'GET', error: refused(401), tries: 1, authorizer, header: 'Bearer fixed' };
  expect(retryDelay(failed)).toBeUndefined();
});
