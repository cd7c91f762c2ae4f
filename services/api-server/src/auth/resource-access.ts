import type { Access } from './access.ts';
import type { Claims } from './claims.ts';

/** An object of an Application that somebody wants to change or delete. */
export interface ResourceQuestion {
  readonly verb: 'update' | 'delete';
  /** The Application, as policies name it. */
  readonly app: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * True where the caller may do it: by the right to objects such as `update/apps/Deployment/web/shop`; where rights
 * are inherited, the right to the whole Application is enough.
 */
export function allowsOnResource(
  access: Access,
  claims: Claims | undefined,
  question: ResourceQuestion & { readonly inherits: boolean },
): boolean {
  const { verb, app, group, kind, namespace, name, inherits } = question;
  if (inherits && access.allows(claims, 'applications', verb, app)) return true;
  return access.allows(claims, 'applications', `${verb}/${group}/${kind}/${namespace}/${name}`, app);
}
