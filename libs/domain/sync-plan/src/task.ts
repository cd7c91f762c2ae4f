import {
  keyOf,
  type KubeObject,
  type ResourceKey,
  type ResourceRef,
  type ResourceResult,
  type SyncPhase,
} from '@tiphys/model';

export type SyncAction =
  | { readonly type: 'apply'; readonly target: KubeObject; readonly live?: KubeObject }
  /** `needsConfirmation`: only once a person has approved of deletions. */
  | { readonly type: 'prune'; readonly live: KubeObject; readonly needsConfirmation?: boolean }
  | { readonly type: 'skip-prune'; readonly live: KubeObject; readonly message: string };

/** One thing to do. Tasks are data: the same inputs give the same tasks in the same order. */
export interface SyncTask {
  /** Names the task within its operation; an object has one task for each of its moments. */
  readonly id: string;
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly phase: SyncPhase;
  readonly isHook: boolean;
  readonly wave: number;
  readonly action: SyncAction;
}

export const taskId = (phase: SyncPhase, key: ResourceKey): string => `${phase}:${key}`;

/** The task that a recorded result belongs to. */
export const taskIdOf = (result: ResourceResult): string => taskId(result.syncPhase ?? 'Sync', keyOf(result));

/** The object that a task is about: as git wants it, else as it is. */
export const objectOfTask = ({ action }: SyncTask): KubeObject =>
  action.type === 'apply' ? action.target : action.live;

export const isPruning = ({ action }: SyncTask): boolean => action.type !== 'apply';
