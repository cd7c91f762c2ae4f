import { createHmac, timingSafeEqual } from 'node:crypto';
import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';

/** What a token says. Times are seconds since the epoch. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly exp?: number;
}

const DIGESTS: ReadonlyMap<unknown, string> = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);
const BASE64URL = /^[A-Za-z0-9_-]*$/;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed with HS256. */
export function signToken(claims: TokenClaims, key: string): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

/**
 * The claims of a token whose signature, life and shape are good. `now` in seconds; no leeway.
 * @throws TiphysError `unauthenticated` with the reason in the words that clients know.
 */
export function verifyToken(token: string, key: string, now: number): JsonObject {
  const parts = token.split('.');
  if (parts.length !== 3) throw malformed('token contains an invalid number of segments');
  const [header = '', payload = '', signature = ''] = parts;
  const algorithm = decode(header, 'header')['alg'];
  const claims = decode(payload, 'claim');
  const digest = DIGESTS.get(algorithm);
  if (digest === undefined || key === '')
    throw invalid(`token is unverifiable: signing method is not accepted`);
  const expected = createHmac(digest, key).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw invalid('token signature is invalid: signature is invalid');
  }
  checkLife(claims, now);
  return claims;
}

/** The issuer that a token names, which nobody has checked yet; undefined for what is no token. */
export function issuerOf(token: string): string | undefined {
  const [, payload, , ...more] = token.split('.');
  if (payload === undefined || more.length > 0) return undefined;
  try {
    const issuer = decode(payload, 'claim')['iss'];
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}

function checkLife(claims: JsonObject, now: number): void {
  const { exp, nbf } = claims;
  if (exp !== undefined && exp !== null && !(Number(exp) > now)) {
    throw invalid('token has invalid claims: token is expired');
  }
  if (nbf !== undefined && nbf !== null && !(Number(nbf) <= now)) {
    throw invalid('token has invalid claims: token is not valid yet');
  }
}

function decode(part: string, what: string): JsonObject {
  const bad = [...part].findIndex((char) => !BASE64URL.test(char));
  if (bad >= 0 || part.length % 4 === 1) {
    const at = bad >= 0 ? bad : part.length - 1;
    throw malformed(`could not base64 decode ${what}: illegal base64 data at input byte ${at}`);
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    throw malformed(`could not JSON decode ${what}`);
  }
  throw malformed(`could not JSON decode ${what}`);
}

const invalid = (reason: string): TiphysError =>
  new TiphysError('unauthenticated', `invalid session: ${reason}`);
const malformed = (reason: string): TiphysError => invalid(`token is malformed: ${reason}`);
