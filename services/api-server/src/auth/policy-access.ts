import { Access } from './access.ts';
import type { ApiAction, ApiResourceName } from './access.ts';
import { ADMIN } from './claims.ts';
import type { Claims } from './claims.ts';

/** The admin account may do everything, all others nothing. */
export class PolicyAccess extends Access {
  override allows(
    claims: Claims | undefined,
    _resource: ApiResourceName,
    _action: ApiAction,
    _object: string,
  ): boolean {
    return claims?.subject === ADMIN;
  }
}
