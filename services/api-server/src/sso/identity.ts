import type { JsonObject } from '@tiphys/model';
import { isJsonObject } from '@tiphys/model';
import { groupsIn, parseRoleSubject } from '@tiphys/rbac';
import { ADMIN } from '../auth/claims.ts';
import type { Claims } from '../auth/claims.ts';
import { refused } from '../auth/token-owner.ts';
import { digestOf } from './session-vault.ts';

/**
 * Who the checked claims of a provider's token speak for (wire/rbac.tsv, grammar subject).
 * @throws TiphysError `unauthenticated` for a user whose id would be taken for a role or the built-in account.
 */
export function identityOf(claims: JsonObject, token: string, scopes: readonly string[]): Claims {
  const subject = userIdOf(claims);
  if (subject === '' || subject === ADMIN || isRole(subject)) {
    throw refused('the user id that the identity provider tells is reserved here');
  }
  return {
    subject,
    username: text(claims, 'email') || text(claims, 'name') || subject,
    issuer: text(claims, 'iss'),
    groups: groupsIn(claims, scopes).filter((group) => !isRole(group)),
    issuedAt: number(claims, 'iat'),
    expiresAt: number(claims, 'exp'),
    tokenId: text(claims, 'jti') || text(claims, 'uti') || text(claims, 'at_hash') || digestOf(token),
    capability: 'login',
  };
}

function userIdOf(claims: JsonObject): string {
  const federated = claims['federated_claims'];
  const id = isJsonObject(federated) ? text(federated, 'user_id') : '';
  return id === '' ? text(claims, 'sub') : id;
}

/** Names of roles are given by policies only, never by a provider. */
const isRole = (name: string): boolean => name.startsWith('role:') || parseRoleSubject(name) !== undefined;

const text = (claims: JsonObject, key: string): string => {
  const value = claims[key];
  return typeof value === 'string' ? value : '';
};

const number = (claims: JsonObject, key: string): number | undefined => {
  const value = claims[key];
  return typeof value === 'number' ? value : undefined;
};
