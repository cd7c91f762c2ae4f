/** Who calls, after their token was checked. */
export interface Claims {
  /** The account, without the capability suffix of the token. */
  readonly subject: string;
  /** How people call the caller, where an identity provider tells; default: the subject. */
  readonly username?: string;
  readonly issuer: string;
  readonly groups: readonly string[];
  /** Seconds since the epoch; undefined for a caller without a token. */
  readonly issuedAt: number | undefined;
  /** Seconds since the epoch; undefined for a token without an end. */
  readonly expiresAt: number | undefined;
  readonly tokenId: string;
  readonly capability: 'login' | 'apiKey';
}

export const ISSUER = 'argocd';
export const ADMIN = 'admin';
