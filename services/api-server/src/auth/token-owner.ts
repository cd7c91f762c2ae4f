import { TiphysError } from '@tiphys/model';
import type { AppProject } from '@tiphys/model';
import type { Account } from '../accounts/account.ts';
import { roleTokens } from '../projects/role-tokens.ts';
import type { Claims } from './claims.ts';

/**
 * Times are whole seconds: a token of the second in which the password changed may be older than the change, so it is
 * refused; new ones are made after that second (see `Renewal.settled`).
 * @throws TiphysError `unauthenticated` where the account does not stand by the token any more.
 */
export function checkAccount(claims: Claims, account: Account | undefined): void {
  const { subject, capability, tokenId, issuedAt } = claims;
  if (account === undefined) throw refused(`account '${subject}' does not exist`);
  if (!account.enabled) throw refused(`account ${subject} is disabled`);
  if (!account.capabilities.includes(capability)) {
    throw refused(`account ${subject} does not have '${capability}' capability`);
  }
  if (tokenId === '') throw refused('token does not have an id');
  if (capability === 'apiKey' && !account.tokens.some(({ id }) => id === tokenId)) {
    throw refused(`account ${subject} does not have token with id ${tokenId}`);
  }
  if (issuedAt === undefined || issuedAt * 1_000 <= account.passwordMtime) {
    throw refused('account password has changed since token issued');
  }
}

/** @throws TiphysError `unauthenticated` where the role of the project does not hold the token any more. */
export function checkRoleToken(
  { tokenId, issuedAt }: Claims,
  {
    project,
    role,
    found,
  }: {
    readonly project: string;
    readonly role: string;
    readonly found: AppProject | undefined;
  },
): void {
  if (found === undefined) throw refused(`appproject.argoproj.io "${project}" not found`);
  const held = roleTokens(found, role).some(({ id = '', iat }) =>
    tokenId === '' ? iat === issuedAt : id === tokenId,
  );
  if (!held) {
    throw refused(
      `JWT token for role '${role}' issued at '${issuedAt ?? 0}' does not exist in project '${project}'`,
    );
  }
}

export const refused = (reason: string): TiphysError =>
  new TiphysError('unauthenticated', `invalid session: ${reason}`);
