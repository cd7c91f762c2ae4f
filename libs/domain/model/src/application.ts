import type { HealthCode, HealthStatus, SyncCode } from './health.ts';
import type { JsonObject } from './json.ts';
import type { KubeObject } from './kube-object.ts';
import type {
  Info,
  ManagedNamespaceMetadata,
  Operation,
  OperationInitiator,
  OperationState,
  RetryStrategy,
} from './operation.ts';
import type { ApplicationSource, SourceType } from './source.ts';

export interface ApplicationDestination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export interface ResourceIgnoreDifferences {
  readonly group?: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly jsonPointers?: readonly string[];
  readonly jqPathExpressions?: readonly string[];
  readonly managedFieldsManagers?: readonly string[];
}

export interface SyncPolicyAutomated {
  readonly prune?: boolean;
  readonly selfHeal?: boolean;
  readonly allowEmpty?: boolean;
  /** Absent means on. */
  readonly enabled?: boolean;
}

export interface SyncPolicy {
  readonly automated?: SyncPolicyAutomated;
  readonly syncOptions?: readonly string[];
  readonly retry?: RetryStrategy;
  readonly managedNamespaceMetadata?: ManagedNamespaceMetadata;
}

export interface ApplicationSpec {
  readonly source?: ApplicationSource;
  readonly sources?: readonly ApplicationSource[];
  readonly sourceHydrator?: JsonObject;
  readonly destination: ApplicationDestination;
  readonly project: string;
  readonly syncPolicy?: SyncPolicy;
  readonly ignoreDifferences?: readonly ResourceIgnoreDifferences[];
  readonly info?: readonly Info[];
  /** Absent means 10; 0 keeps none. */
  readonly revisionHistoryLimit?: number;
}

export const CONDITION_TYPES = [
  'DeletionError',
  'InvalidSpecError',
  'ComparisonError',
  'SyncError',
  'UnknownError',
  'SharedResourceWarning',
  'RepeatedResourceWarning',
  'ExcludedResourceWarning',
  'OrphanedResourceWarning',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export interface ApplicationCondition {
  readonly type: ConditionType;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

/** What `status.sync` was compared with. */
export interface ComparedTo {
  readonly source?: ApplicationSource;
  readonly destination: ApplicationDestination;
  readonly sources?: readonly ApplicationSource[];
  readonly ignoreDifferences?: readonly ResourceIgnoreDifferences[];
}

export interface SyncStatus {
  readonly status: SyncCode;
  readonly comparedTo?: ComparedTo;
  readonly revision?: string;
  readonly revisions?: readonly string[];
}

export interface AppHealthStatus {
  readonly status?: HealthCode;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface ResourceStatus {
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: SyncCode;
  readonly health?: HealthStatus & { readonly lastTransitionTime?: string };
  readonly hook?: boolean;
  readonly requiresPruning?: boolean;
  readonly syncWave?: number;
  readonly requiresDeletionConfirmation?: boolean;
}

export interface RevisionHistory {
  readonly revision: string;
  readonly deployedAt: string;
  readonly id: number;
  readonly source?: ApplicationSource;
  readonly deployStartedAt?: string;
  readonly sources?: readonly ApplicationSource[];
  readonly revisions?: readonly string[];
  readonly initiatedBy?: OperationInitiator;
}

export interface ApplicationSummary {
  readonly externalURLs?: readonly string[];
  readonly isAppOfApps?: boolean;
  readonly images?: readonly string[];
}

export interface ApplicationStatus {
  readonly resources?: readonly ResourceStatus[];
  readonly sync?: SyncStatus;
  readonly health?: AppHealthStatus;
  readonly history?: readonly RevisionHistory[];
  readonly conditions?: readonly ApplicationCondition[];
  readonly reconciledAt?: string;
  readonly operationState?: OperationState;
  readonly observedAt?: string;
  readonly sourceType?: SourceType | '';
  readonly summary?: ApplicationSummary;
  readonly resourceHealthSource?: string;
  readonly sourceTypes?: readonly SourceType[];
  readonly controllerNamespace?: string;
}

export interface Application extends KubeObject {
  readonly kind: 'Application';
  readonly spec: ApplicationSpec;
  readonly status?: ApplicationStatus;
  readonly operation?: Operation;
}

/** All sources of an Application in order; `sources` wins where both are set. */
export function sourcesOf(spec: Pick<ApplicationSpec, 'source' | 'sources'>): readonly ApplicationSource[] {
  if (spec.sources !== undefined && spec.sources.length > 0) return spec.sources;
  return spec.source === undefined ? [] : [spec.source];
}

/** True where the Application is rendered from `spec.sources`. */
export const hasMultipleSources = (spec: Pick<ApplicationSpec, 'sources'>): boolean =>
  (spec.sources?.length ?? 0) > 0;

/** True where commits are synced without being asked (`enabled` absent means on). */
export const isAutomated = (spec: ApplicationSpec): boolean =>
  spec.syncPolicy?.automated !== undefined && spec.syncPolicy.automated.enabled !== false;
