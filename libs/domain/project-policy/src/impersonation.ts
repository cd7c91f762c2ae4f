import { TiphysError, type AppProjectSpec } from '@tiphys/model';
import { globMatches } from './glob.ts';

export interface ImpersonationQuestion {
  /** Address of the cluster, resolved. */
  readonly server: string;
  /** `spec.destination.server` as written. */
  readonly writtenServer: string;
  /** `spec.destination.namespace`; may be empty. */
  readonly namespace: string;
  /** Namespace of the Application, in which the account is looked for where the destination names none. */
  readonly appNamespace: string;
}

const FORBIDDEN = /[!*[\]{}\\/]/u;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/u;

/**
 * The user whose rights a sync has: the service account of the first rule that matches. Errors: `not-found` where none
 * matches, `invalid` where the matching rule's account is no name.
 */
export function impersonatedUser(project: AppProjectSpec, asked: ImpersonationQuestion): string {
  const home = asked.namespace === '' ? asked.appNamespace : asked.namespace;
  const rule = (project.destinationServiceAccounts ?? []).find(
    ({ server, namespace }) =>
      globMatches(server, asked.server) && globMatches(namespace ?? '', asked.namespace),
  );
  if (rule === undefined) {
    throw new TiphysError(
      'not-found',
      `no matching service account found for destination server ${asked.writtenServer} and namespace ${home}`,
    );
  }
  const account = rule.defaultServiceAccount;
  if (!isAccountName(account))
    throw new TiphysError('invalid', `default service account contains invalid chars '${account}'`);
  return account.includes(':')
    ? `system:serviceaccount:${account}`
    : `system:serviceaccount:${home}:${account}`;
}

/** `name` or `namespace:name`. Whatever else would make up a user of another kind. */
export function isAccountName(account: string): boolean {
  const parts = account.split(':');
  return !FORBIDDEN.test(account) && parts.length <= 2 && parts.every((part) => NAME.test(part));
}
