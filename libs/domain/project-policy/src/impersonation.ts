import { hasCode, messageOf, TiphysError, type Application, type AppProjectSpec } from '@tiphys/model';
import { globMatches } from './glob.ts';
import type { ResolvedDestination } from './destinations.ts';

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

export interface Impersonation {
  /** Whether syncs have the rights of service accounts at all. */
  readonly enabled: boolean;
  /** Whether a destination without an account is refused, rather than left to the rights of the control plane. */
  readonly enforced: boolean;
}

const FORBIDDEN = /[!*[\]{}\\/]/u;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/u;

/**
 * The user whose rights requests for an Application have; undefined for those of the control plane itself. Errors:
 * `permission-denied` where an account is needed and none can be told for the destination.
 */
export function userOf(
  app: Application,
  destination: ResolvedDestination,
  { project, impersonation }: { readonly project: AppProjectSpec; readonly impersonation: Impersonation },
): string | undefined {
  if (!impersonation.enabled) return undefined;
  try {
    return impersonatedUser(project, {
      server: destination.server,
      writtenServer: app.spec.destination.server ?? '',
      namespace: destination.namespace,
      appNamespace: app.metadata.namespace ?? '',
    });
  } catch (error) {
    if (!impersonation.enforced && hasCode(error, 'not-found')) return undefined;
    throw new TiphysError(
      'permission-denied',
      `failed to find a matching service account to impersonate: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

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
