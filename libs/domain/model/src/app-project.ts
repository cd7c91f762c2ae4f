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
  readonly jwtTokens?: readonly { readonly iat: number; readonly exp?: number; readonly id?: string }[];
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
}

export interface AppProject extends KubeObject {
  readonly kind: 'AppProject';
  readonly spec: AppProjectSpec;
}
