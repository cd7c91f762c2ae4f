import { createHash, timingSafeEqual } from 'node:crypto';
import { userInfo } from 'node:os';
import { Access } from './access.ts';
import { Authenticator } from './authenticate.ts';
import { ISSUER, type Claims } from './claims.ts';
import { refused } from './token-owner.ts';

type Parts = ConstructorParameters<typeof Authenticator>;

/** Who decides who calls: the one token of a local user where there is one, else accounts and sessions. */
export const authenticatorFor = (localToken: string | undefined, ...parts: Parts): Authenticator =>
  localToken === undefined ? new Authenticator(...parts) : new LocalAuthenticator(localToken, ...parts);

/** Knows one token, and no other: no account can log in here. */
class LocalAuthenticator extends Authenticator {
  readonly #token: Buffer;

  constructor(token: string, ...parts: Parts) {
    super(...parts);
    this.#token = digest(token);
  }

  override verify(token: string): Promise<Claims> {
    if (!timingSafeEqual(digest(token), this.#token))
      return Promise.reject(refused('this server knows only the user who started it'));
    return Promise.resolve({
      subject: nameOfUser(),
      issuer: ISSUER,
      groups: [],
      issuedAt: undefined,
      expiresAt: undefined,
      tokenId: '',
      capability: 'apiKey',
    });
  }
}

/** The local user may do what the kubeconfig allows, which the cluster decides; callers without the token nothing. */
export class LocalAccess extends Access {
  override readonly version = 'local';
  override readonly scopes: readonly string[] = [];

  override allows(claims: Claims | undefined): boolean {
    return claims !== undefined;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}
