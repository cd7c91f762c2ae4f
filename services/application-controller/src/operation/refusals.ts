import {
  groupKindKey,
  hasCode,
  messageOf,
  type KubeObject,
  type ResourceRef,
  type ResourceResult,
} from '@tiphys/model';
import { isTriedWithoutKind, kindsOfCrd, TASKS_INVALID, type SyncTask } from '@tiphys/sync-plan';
import { headOf } from './run-task.ts';
import type { WriteGateway } from './write-gateway.ts';

export interface Refusal {
  /** Said of the whole sync. */
  readonly reason: string;
  /** Said of the object. */
  readonly message: string;
}

/** What lets an object of a kind that the cluster lacks be tried all the same. */
export interface Tolerance {
  /** Sync options of the Application: `SkipDryRunOnMissingResource=true`. */
  readonly syncOptions: readonly string[];
  /** Kinds that the CRDs of the sync bring (`kindsInSync`). */
  readonly kinds: ReadonlyMap<string, { readonly namespaced: boolean }>;
}

/** The kinds that these tasks bring, by `group/kind`. */
export const kindsInSync = (tasks: readonly SyncTask[]): Tolerance['kinds'] =>
  new Map(
    tasks.flatMap(({ action }) =>
      action.type === 'apply'
        ? kindsOfCrd(action.target).map((kind) => [groupKindKey(kind), kind] as const)
        : [],
    ),
  );

const none: Tolerance = { syncOptions: [], kinds: new Map() };

/** Why a task may not even be tried: its project forbids the object, or its cluster does not know the kind. */
export function refusalOf(
  task: SyncTask,
  gateway: WriteGateway,
  tolerance: Tolerance = none,
): Refusal | undefined {
  const { ref, action } = task;
  if (action.type === 'skip-prune') return undefined;
  const object = action.type === 'apply' ? action.target : action.live;
  try {
    const reason = gateway.refusalOf(ref, scopeOf(object, ref, { gateway, tolerance }));
    return reason === undefined ? undefined : { reason, message: reason };
  } catch (error) {
    if (!hasCode(error, 'not-found')) return { reason: messageOf(error), message: messageOf(error) };
    const message =
      `The Kubernetes API could not find ${ref.group}/${ref.kind} for requested resource ` +
      `${ref.namespace}/${ref.name}. Make sure the "${ref.kind}" CRD is installed on the destination cluster.`;
    return { reason: messageOf(error), message };
  }
}

/** Whether the kind of an object has namespaces: as the cluster says, else the CRD that comes, else as the object looks. */
function scopeOf(
  object: KubeObject,
  ref: ResourceRef,
  { gateway, tolerance }: { readonly gateway: WriteGateway; readonly tolerance: Tolerance },
): { readonly namespaced: boolean } {
  if (gateway.knows(object)) return gateway.resourceOf(object);
  const coming = tolerance.kinds.get(groupKindKey(ref));
  if (coming !== undefined) return coming;
  if (isTriedWithoutKind(object, tolerance.syncOptions)) return { namespaced: ref.namespace !== '' };
  return gateway.resourceOf(object);
}

/**
 * The failures of the objects whose namespace is neither there nor made by these tasks. Known before the first of them
 * is done, so that nothing is pruned for a move that cannot happen.
 */
export async function homelessTasks(
  tasks: readonly SyncTask[],
  gateway: WriteGateway,
): Promise<readonly (readonly [SyncTask, ResourceResult])[]> {
  const applied = tasks.filter(({ action }) => action.type === 'apply');
  const made = new Set(applied.filter(({ ref }) => ref.kind === 'Namespace').map(({ ref }) => ref.name));
  const needed = new Set(applied.map(({ ref }) => ref.namespace).filter((name) => name !== ''));
  const missing = new Set<string>();
  for (const name of needed) if (!made.has(name) && (await gateway.lacksNamespace(name))) missing.add(name);
  return applied
    .filter(({ ref }) => missing.has(ref.namespace))
    .map((task) => [
      task,
      {
        ...headOf(task),
        status: 'SyncFailed',
        message: homeless(task.ref.namespace),
        hookPhase: 'Failed',
      },
    ]);
}

const homeless = (namespace: string): string => `namespaces "${namespace}" not found`;

/** True for the message of a sync that stopped before its first write, for a cause that lies outside git. */
export const wasRefused = (message: string): boolean =>
  message.startsWith(TASKS_INVALID) || /reason: (?:namespaces "[^"]+" not found,?)+/u.test(message);
