import type { ApplicationSource } from './source.ts';

export interface OperationInitiator {
  readonly username?: string;
  readonly automated?: boolean;
}

export interface Info {
  readonly name: string;
  readonly value: string;
}

export interface Backoff {
  readonly duration?: string;
  readonly factor?: number;
  readonly maxDuration?: string;
}

export interface RetryStrategy {
  readonly limit?: number;
  readonly backoff?: Backoff;
  readonly refresh?: boolean;
}

export interface SyncOperationResource {
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly exclude?: boolean;
}

export interface SyncStrategy {
  readonly apply?: { readonly force?: boolean };
  readonly hook?: { readonly force?: boolean };
}

export interface SyncOperation {
  readonly revision?: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly syncStrategy?: SyncStrategy;
  readonly resources?: readonly SyncOperationResource[];
  readonly source?: ApplicationSource;
  readonly manifests?: readonly string[];
  readonly syncOptions?: readonly string[];
  readonly sources?: readonly ApplicationSource[];
  readonly revisions?: readonly string[];
  readonly autoHealAttemptsCount?: number;
}

/** What was asked for: `.operation` on the Application, kept in `status.operationState.operation`. */
export interface Operation {
  readonly sync?: SyncOperation;
  readonly initiatedBy?: OperationInitiator;
  readonly info?: readonly Info[];
  readonly retry?: RetryStrategy;
}

export const OPERATION_PHASES = ['Running', 'Terminating', 'Failed', 'Error', 'Succeeded'] as const;
export type OperationPhase = (typeof OPERATION_PHASES)[number];

/** True once nothing more happens to an operation of that phase. */
export const isCompleted = (phase: OperationPhase): boolean =>
  phase === 'Failed' || phase === 'Error' || phase === 'Succeeded';

export type ResultCode = 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';

export interface ResourceResult {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status?: ResultCode;
  readonly message?: string;
  readonly hookType?: string;
  readonly hookPhase?: OperationPhase;
  readonly syncPhase?: SyncPhase;
  readonly images?: readonly string[];
}

export interface SyncOperationResult {
  readonly resources?: readonly ResourceResult[];
  readonly revision: string;
  readonly source?: ApplicationSource;
  readonly sources?: readonly ApplicationSource[];
  readonly revisions?: readonly string[];
  readonly managedNamespaceMetadata?: ManagedNamespaceMetadata;
}

export interface ManagedNamespaceMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `status.operationState`: all the state of a running operation, so that a restart resumes it. */
export interface OperationState {
  readonly operation: Operation;
  readonly phase: OperationPhase;
  readonly message?: string;
  readonly syncResult?: SyncOperationResult;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly retryCount?: number;
}
