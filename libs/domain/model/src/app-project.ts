import type { KubeObject } from './kube-object.ts';
import type { GroupKind } from './resource-key.ts';

export interface ProjectDestination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export interface ClusterResourceRule extends GroupKind {
  readonly name?: string;
}

export interface ProjectRole {
  readonly name: string;
  readonly description?: string;
  readonly policies?: readonly string[];
  readonly groups?: readonly string[];
  readonly jwtTokens?: readonly ProjectToken[];
}

/** A token of a role. Times are seconds since the epoch; `exp` is 0 or absent for one without an end. */
export interface ProjectToken {
  readonly iat: number;
  readonly exp?: number;
  readonly id?: string;
}

export interface SyncWindow {
  readonly kind?: string;
  readonly schedule?: string;
  readonly duration?: string;
  readonly applications?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly clusters?: readonly string[];
  readonly manualSync?: boolean;
  readonly timeZone?: string;
  readonly andOperator?: boolean;
  readonly description?: string;
  readonly syncOverrun?: boolean;
}

export interface OrphanedResourcesSettings {
  readonly warn?: boolean;
  readonly ignore?: readonly { readonly group?: string; readonly kind?: string; readonly name?: string }[];
}

/** Whose rights syncs to a destination have; `server` and `namespace` are globs. */
export interface DestinationServiceAccount {
  readonly server: string;
  readonly namespace?: string;
  /** `name`, or `namespace:name`. */
  readonly defaultServiceAccount: string;
}

export interface GitIntegrityPolicy {
  /** Globs over repositories; a URL that begins with `!` takes repositories out. */
  readonly repos: readonly { readonly url: string }[];
  readonly gpg: {
    /** `none`, `head` or `strict`. */
    readonly mode: string;
    readonly keys: readonly string[];
  };
}

export interface SourceIntegrity {
  readonly git?: { readonly policies?: readonly GitIntegrityPolicy[] };
}

export interface AppProjectSpec {
  readonly sourceRepos?: readonly string[];
  readonly destinations?: readonly ProjectDestination[];
  readonly description?: string;
  readonly roles?: readonly ProjectRole[];
  readonly clusterResourceWhitelist?: readonly ClusterResourceRule[];
  readonly clusterResourceBlacklist?: readonly ClusterResourceRule[];
  readonly namespaceResourceBlacklist?: readonly GroupKind[];
  readonly namespaceResourceWhitelist?: readonly GroupKind[];
  readonly orphanedResources?: OrphanedResourcesSettings;
  readonly syncWindows?: readonly SyncWindow[];
  readonly sourceNamespaces?: readonly string[];
  readonly permitOnlyProjectScopedClusters?: boolean;
  readonly destinationServiceAccounts?: readonly DestinationServiceAccount[];
  /** Keys of which one must have signed what is synced; `sourceIntegrity` takes its place where both are set. */
  readonly signatureKeys?: readonly { readonly keyID: string }[];
  readonly sourceIntegrity?: SourceIntegrity;
}

export interface AppProject extends KubeObject {
  readonly kind: 'AppProject';
  readonly spec: AppProjectSpec;
  readonly status?: {
    readonly jwtTokensByRole?: Readonly<Record<string, { readonly items?: readonly ProjectToken[] }>>;
  };
}
