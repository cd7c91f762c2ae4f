import { z } from 'zod';
import { TiphysError, type Repository } from '@tiphys/model';
import type { HttpFetcher } from '@tiphys/ports';
import { signedToken } from './jwt.ts';
import { accessTokenSchema, askFor, tokenOf, type Token } from './token-request.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFETIME_S = 3_600;

const keySchema = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.string().optional(),
});

export type ServiceAccountKey = z.infer<typeof keySchema>;

/** Reads the JSON file of a service account's key; `invalid` without a word of what is in it. */
export function serviceAccountKey(text: string): ServiceAccountKey {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = keySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TiphysError('invalid', 'gcpServiceAccountKey is no JSON key of a Google service account');
}

/** A token of a Google service account. */
export async function googleToken(
  http: HttpFetcher,
  {
    key,
    repository,
    now,
  }: { readonly key: ServiceAccountKey; readonly repository: Repository; readonly now: number },
): Promise<Token> {
  const url = key.token_uri ?? TOKEN_URL;
  const seconds = Math.floor(now / 1_000);
  const claims = { iss: key.client_email, scope: SCOPE, aud: url, iat: seconds, exp: seconds + LIFETIME_S };
  const signing = {
    pem: key.private_key,
    what: 'the key in gcpServiceAccountKey',
    ...(key.private_key_id === undefined ? {} : { keyId: key.private_key_id }),
  };
  const form = { grant_type: GRANT, assertion: signedToken(claims, signing) };
  return tokenOf(await askFor(http, repository, { request: { url, form }, schema: accessTokenSchema }), now);
}
