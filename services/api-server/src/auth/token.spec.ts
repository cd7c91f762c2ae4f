import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signToken, verifyToken } from './token.ts';

const claims = { iss: 'argocd', sub: 'admin:login', iat: 1_000, nbf: 1_000, exp: 2_000, jti: 'id' };
const KEY = 'bm90IGRlY29kZWQ=';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signedWith = (alg: string, digest: string | undefined): string => {
  const content = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  const signature = digest === undefined ? '' : createHmac(digest, KEY).update(content).digest('base64url');
  return `${content}.${signature}`;
};

describe('tokens', () => {
  it('say what they were signed with', () => {
    expect(verifyToken(signToken(claims, KEY), KEY, 1_500)).toEqual(claims);
  });

  it.each(['HS256', 'HS384', 'HS512'])('are taken with %s', (alg) => {
    expect(verifyToken(signedWith(alg, alg.replace('HS', 'sha')), KEY, 1_500)).toEqual(claims);
  });

  it.each([
    ['none', undefined],
    ['RS256', 'sha256'],
    ['hs256', 'sha256'],
    ['__proto__', 'sha256'],
    ['constructor', 'sha256'],
  ])('are refused with %s', (alg, digest) => {
    expect(() => verifyToken(signedWith(alg, digest), KEY, 1_500)).toThrow(
      /^invalid session: token is unverifiable/,
    );
  });

  it.each([
    [
      'another key',
      (token: string) => verifyToken(token, 'other', 1_500),
      'token signature is invalid: signature is invalid',
    ],
    [
      'no key at all',
      (token: string) => verifyToken(token, '', 1_500),
      'token is unverifiable: signing method is not accepted',
    ],
    [
      'a changed claim',
      (token: string) =>
        verifyToken(token.replace(/\.[^.]+\./, `.${encode({ ...claims, sub: 'root:login' })}.`), KEY, 1_500),
      'token signature is invalid: signature is invalid',
    ],
    [
      'its end passed',
      (token: string) => verifyToken(token, KEY, 2_000),
      'token has invalid claims: token is expired',
    ],
    [
      'its time not come',
      (token: string) => verifyToken(token, KEY, 999),
      'token has invalid claims: token is not valid yet',
    ],
    [
      'two parts',
      () => verifyToken('a.b', KEY, 1_500),
      'token is malformed: token contains an invalid number of segments',
    ],
    [
      'a header that is no base64',
      () => verifyToken('a!.b.c', KEY, 1_500),
      'token is malformed: could not base64 decode header: illegal base64 data at input byte 1',
    ],
    [
      'a header that is no JSON',
      () => verifyToken('YWJj.YWJj.c', KEY, 1_500),
      'token is malformed: could not JSON decode header',
    ],
    [
      'a header that is a number',
      () => verifyToken('MTIz.YWJj.c', KEY, 1_500),
      'token is malformed: could not JSON decode header',
    ],
  ])('are refused with %s', (_what, verify, reason) => {
    expect(() => verify(signToken(claims, KEY))).toThrow(
      expect.objectContaining({ code: 'unauthenticated', message: `invalid session: ${reason}` }),
    );
  });
});
