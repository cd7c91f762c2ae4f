/** The claims of a token, which nobody has checked; undefined for anything else than a JWT. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Who a token speaks for, out of its unverified claims; undefined for anything else than a JWT. */
export const subjectOf = (token: string): string | undefined => textAt(token, 'sub');

/** How people call the owner of a provider's token. */
export const userNameOf = (token: string): string | undefined =>
  textAt(token, 'email') ?? textAt(token, 'name') ?? subjectOf(token);

/** True for a token of the server itself, not of an identity provider. */
export const isLocal = (token: string): boolean => textAt(token, 'iss') === 'argocd';

function textAt(token: string, key: string): string | undefined {
  const value = claimsIn(token)?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
