import { describe, expect, it } from 'vitest';
import { connectionError, isExpired, refusalError, statusOf, watchError } from './api-error.ts';

const status = (code: number, reason: string, rest: object = {}): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `said ${reason}`,
    reason,
    code,
    ...rest,
  });
const refusal = (httpStatus: number, body: string) =>
  refusalError({ httpStatus, body, request: 'GET /api/v1/pods' });

describe('an answer of the API server', () => {
  it.each([
    [400, 'BadRequest', 'invalid'],
    [401, 'Unauthorized', 'unauthenticated'],
    [403, 'Forbidden', 'permission-denied'],
    [404, 'NotFound', 'not-found'],
    [405, 'MethodNotAllowed', 'invalid'],
    [409, 'Conflict', 'conflict'],
    [409, 'AlreadyExists', 'already-exists'],
    [410, 'Expired', 'failed-precondition'],
    [413, 'RequestEntityTooLarge', 'invalid'],
    [415, 'UnsupportedMediaType', 'invalid'],
    [422, 'Invalid', 'invalid'],
    [429, 'TooManyRequests', 'resource-exhausted'],
    [500, 'InternalError', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
    [504, 'Timeout', 'unavailable'],
    [302, '', 'unknown'],
  ])('%i %s is %s', (httpStatus, reason, code) => {
    const error = refusal(httpStatus, status(httpStatus, reason));
    expect(error).toMatchObject({ code, message: `said ${reason}` });
    expect(statusOf(error)).toMatchObject({ httpStatus, reason });
  });

  it.each([
    ['<html>502 Bad Gateway</html>', 'GET /api/v1/pods was answered with HTTP 502'],
    ['no healthy upstream', 'GET /api/v1/pods was answered with HTTP 502: no healthy upstream'],
    ['', 'GET /api/v1/pods was answered with HTTP 502'],
    ['{"half', 'GET /api/v1/pods was answered with HTTP 502: {"half'],
  ])('of someone else (%j) gets words of ours', (body, message) => {
    expect(refusal(502, body)).toMatchObject({ code: 'unavailable', message });
  });

  it.each([
    'etcdserver: request is too large',
    'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2097840 vs. 2097152)',
  ])('says of what is too large (%j) that it is wrong', (message) => {
    expect(refusal(500, status(500, 'InternalError', { message }))).toMatchObject({
      code: 'invalid',
      message,
    });
  });

  it('says when to come back', () => {
    const request = 'GET /';
    expect(refusalError({ httpStatus: 429, body: '', request, retryAfter: '2' }).retryAfterMs).toBe(2_000);
    const inside = status(429, 'TooManyRequests', { details: { retryAfterSeconds: 3 } });
    expect(refusal(429, inside).retryAfterMs).toBe(3_000);
    expect(refusal(429, '').retryAfterMs).toBeUndefined();
    expect(
      refusalError({ httpStatus: 429, body: '', request, retryAfter: 'Wed, 21' }).retryAfterMs,
    ).toBeUndefined();
  });
});

describe('an expired version', () => {
  it.each([
    [refusal(410, status(410, 'Expired')), true],
    [watchError({ code: 410, reason: 'Gone', message: 'too old resource version: 1 (2)' }), true],
    [
      refusal(504, status(504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } })),
      true,
    ],
    [refusal(504, status(504, 'Timeout')), false],
    [watchError(undefined), false],
    [new Error('410'), false],
  ])('is told apart: %s', (error, expected) => {
    expect(isExpired(error)).toBe(expected);
  });
});

it.each([
  ['ECONNREFUSED', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable'],
  ['UND_ERR_HEADERS_TIMEOUT', 'deadline'],
])('a connection that fails with %s is %s and names the server', (code, expected) => {
  const error = connectionError('GET /version', 'https://a:6443', Object.assign(new Error('no'), { code }));
  expect(error.code).toBe(expected);
  expect(error.message).toContain('https://a:6443');
  expect(error.message).toContain(code);
});
