import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import type { KeySet } from './key-set.ts';

/** Signatures by a pair of keys. Nothing else is ever accepted: a secret that is shared with a client proves nothing. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Longest token that is looked at, characters. */
const MAX_TOKEN = 100_000;

export interface TokenRules {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly allowNoAudience: boolean;
  /** What the provider says that it signs with. */
  readonly algorithms: readonly string[] | undefined;
  readonly keys: KeySet;
  readonly clock: Clock;
}

/**
 * The claims of a token that the provider signed for one of the audiences and that is alive; no leeway.
 * @throws TiphysError `unauthenticated` with the reason; `unavailable` where the keys cannot be had.
 */
export async function checkToken(token: string, rules: TokenRules): Promise<JsonObject> {
  if (token.length > MAX_TOKEN) throw refused('the token is too long');
  const { issuer, clock, keys } = rules;
  const algorithms = (rules.algorithms ?? ['RS256']).filter((name) => ASYMMETRIC.includes(name));
  const [header, payload = '', signature = ''] = token.split('.');
  const candidates = await found(() =>
    keys.candidates(algorithmOf(token, algorithms), { protected: header ?? '', payload, signature }),
  );
  let failure: TiphysError = refused('it is signed by a key that the provider does not know');
  for (const key of candidates) {
    const options = {
      issuer,
      algorithms,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    };
    const outcome = await tried(token, key, options);
    if (outcome instanceof TiphysError) failure = outcome;
    else return withAudience(outcome, rules);
  }
  throw failure;
}

function algorithmOf(
  token: string,
  algorithms: readonly string[],
): ReturnType<typeof decodeProtectedHeader> & { alg: string } {
  const header = decoded(token);
  if (header.alg === undefined || !algorithms.includes(header.alg))
    throw refused('its algorithm is not accepted');
  return { ...header, alg: header.alg };
}

function decoded(token: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(token);
  } catch (cause) {
    throw refused('it is not a token', cause);
  }
}

async function found<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw refused('no key of the provider fits it', cause);
    throw cause;
  }
}

async function tried(
  token: string,
  key: CryptoKey,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload | TiphysError> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    return refused(reasonOf(error), error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'token is expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not accepted`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is invalid';
  return 'it is not a token';
}

function withAudience(claims: JWTPayload, { audiences, allowNoAudience }: TokenRules): JsonObject {
  const given = [claims.aud ?? []].flat().filter((one) => one !== '');
  const accepted = given.length === 0 ? allowNoAudience : given.some((one) => audiences.includes(one));
  if (!accepted) throw refused('it was made for another audience');
  return claims as JsonObject;
}

/** The refusal of a token; its text never holds anything of the token but names of claims. */
export const refused = (reason: string, cause?: unknown): TiphysError =>
  new TiphysError(
    'unauthenticated',
    `failed to verify the token: ${reason}`,
    cause === undefined ? {} : { cause },
  );
