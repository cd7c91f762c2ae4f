import type { Call } from '@tiphys/adapter-argo-api';
import { tokenOf } from '../auth/authenticate.ts';
import { ISSUER } from '../auth/claims.ts';
import type { Claims } from '../auth/claims.ts';
import type { SsoSessions } from '../sso/sso-sessions.ts';
import type { Renewal } from './renewal.ts';

/** Lets sessions go on while they are used: each by whoever issued its token. */
export class SessionRenewal {
  readonly #local: Renewal;
  readonly #sso: SsoSessions;

  constructor(local: Renewal, sso: SsoSessions) {
    this.#local = local;
    this.#sso = sso;
  }

  async renew(claims: Claims, call: Call): Promise<void> {
    if (claims.issuer === ISSUER) this.#local.renew(claims, call);
    else await this.#sso.renew(claims, tokenOf(call) ?? '', call);
  }
}
