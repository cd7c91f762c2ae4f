import type { ResourceIgnoreDifferences } from '@tiphys/model';

/** A field of a kind without a built-in type that holds a value of a built-in one. */
export interface KnownTypeField {
  /** Dotted path, such as `spec.template.spec`. A list on the way means each of its elements. */
  readonly field: string;
  /** `core/v1/PodSpec`, `core/Quantity`, `meta/v1/Duration`. */
  readonly type: string;
}

/** How two objects are compared. Everything is optional. */
export interface CompareOptions {
  /**
   * Rules of the Application and of the settings for this kind and for all kinds. jq expressions beyond plain paths
   * are not looked at here: see `withoutJqIgnored`.
   */
  readonly ignoreDifferences?: readonly ResourceIgnoreDifferences[];
  /** Leaves out the rules of ClusterRoles that a controller aggregates. Default false. */
  readonly ignoreAggregatedRoles?: boolean;
  /** Which kinds are compared without their status. Default `all`; `crd` means CustomResourceDefinitions only. */
  readonly ignoreResourceStatusField?: 'all' | 'crd' | 'none';
  /**
   * The manager that applies on the server: what it applied last is then read from `managedFields` instead of the
   * annotation that kubectl writes. Objects without such an entry are compared as without this option.
   */
  readonly serverSideManager?: string;
  /** By `group/Kind` (core: `Kind`), on top of those built in for Rollouts. */
  readonly knownTypeFields?: Readonly<Record<string, readonly KnownTypeField[]>>;
}
