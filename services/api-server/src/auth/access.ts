import type { Claims } from './claims.ts';
import { denied } from './denials.ts';

export type ApiResourceName =
  | 'applications'
  | 'applicationsets'
  | 'clusters'
  | 'repositories'
  | 'write-repositories'
  | 'projects'
  | 'certificates'
  | 'gpgkeys'
  | 'accounts'
  | 'logs'
  | 'exec'
  | 'extensions';

export type ApiAction =
  | 'get'
  | 'create'
  | 'update'
  | 'delete'
  | 'sync'
  | 'override'
  | 'invoke'
  /** `update/<group>/<kind>/<namespace>/<name>`: an object of an Application. */
  | `update/${string}`
  | `delete/${string}`
  /** An action of a kind: `action/<group>/<kind>/<name>`. */
  | `action/${string}`;

/** Says who may do what. Each question is answered by the policy as it is at that moment. */
export abstract class Access {
  /** Changes whenever the answer to any question may have changed. */
  abstract get version(): string;

  /** Names of the claims that hold groups. */
  abstract get scopes(): readonly string[];

  /** True where the caller may do it; `claims` is undefined for a caller without a token. */
  abstract allows(
    claims: Claims | undefined,
    resource: ApiResourceName,
    action: ApiAction,
    object: string,
  ): boolean;

  /** @throws TiphysError `permission-denied` naming what was refused. */
  enforce(claims: Claims | undefined, resource: ApiResourceName, action: ApiAction, object: string): void {
    if (!this.allows(claims, resource, action, object)) throw denied(claims, [resource, action, object]);
  }
}
