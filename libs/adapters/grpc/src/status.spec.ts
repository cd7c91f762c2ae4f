import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { TiphysError, type ErrorCode } from '@tiphys/model';
import { identityOf, isLoopback } from './identity.ts';
import { fromServiceError, toServiceError } from './status.ts';

const CODES: readonly ErrorCode[] = [
  'not-found',
  'already-exists',
  'conflict',
  'invalid',
  'unauthenticated',
  'permission-denied',
  'failed-precondition',
  'resource-exhausted',
  'deadline',
  'canceled',
  'unavailable',
  'unimplemented',
  'unknown',
  'internal',
];

const received = (sent: ReturnType<typeof toServiceError>): Error =>
  Object.assign(new Error(sent.details), sent);

describe('errors over gRPC', () => {
  it.each(CODES)('%s comes back as itself', (code) => {
    const back = fromServiceError(received(toServiceError(new TiphysError(code, 'why'))), 'peer');
    expect(back).toMatchObject({ code, message: 'why' });
  });

  it('what is no error of ours says nothing', () => {
    const sent = toServiceError(new Error('postgres://u:p@h'));
    expect(sent).toMatchObject({ code: status.INTERNAL, details: 'internal error' });
  });

  it('a message is cut before it is larger than a header may be', () => {
    expect(toServiceError(new TiphysError('invalid', 'x'.repeat(100_000))).details.length).toBeLessThan(
      5_000,
    );
  });

  it('a failure of the transport names the peer', () => {
    const error = Object.assign(new Error(), {
      code: status.UNAVAILABLE,
      details: 'No connection',
      metadata: new Metadata(),
    });
    expect(fromServiceError(error, 'repo-server')).toMatchObject({
      code: 'unavailable',
      message: 'repo-server: No connection',
    });
    expect(fromServiceError('odd', 'p').code).toBe('internal');
  });
});

describe('identityOf', () => {
  it.each([
    ['DNS:api-server.tiphys.internal, DNS:localhost, IP Address:127.0.0.1', 'api-server'],
    ['DNS:localhost', undefined],
    ['DNS:a.tiphys.internal, DNS:b.tiphys.internal', undefined],
    ['DNS:A b.tiphys.internal', undefined],
    ['DNS:api-server.tiphys.internal.evil.com', undefined],
    ['email:api-server.tiphys.internal', undefined],
    ['URI:"DNS:api-server.tiphys.internal"', undefined],
    [undefined, undefined],
  ])('%s', (subjectaltname, identity) => {
    expect(identityOf(subjectaltname === undefined ? undefined : { subjectaltname })).toBe(identity);
  });
});

it.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['127.0.0.1.evil.com', false],
  ['', false],
])('isLoopback(%j)', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
