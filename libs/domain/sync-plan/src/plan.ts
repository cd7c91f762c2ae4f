import {
  describeRef,
  groupOf,
  type KubeObject,
  type ResourceKey,
  type ResourceRef,
  type SyncOperationResource,
} from '@tiphys/model';
import { kindPosition } from './kind-order.ts';
import { hasSyncOption, waveOf } from './options.ts';

/** One object as the comparison left it: what git wants and what the cluster has. At least one of both is set. */
export interface SyncPair {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly target?: KubeObject;
  readonly live?: KubeObject;
}

export type SyncAction =
  | { readonly type: 'apply'; readonly target: KubeObject; readonly live?: KubeObject }
  | { readonly type: 'prune'; readonly live: KubeObject }
  | { readonly type: 'skip-prune'; readonly message: string };

/** One thing to do. Tasks are data: the same inputs give the same tasks in the same order. */
export interface SyncTask {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly wave: number;
  readonly action: SyncAction;
}

export interface PlanOptions {
  readonly prune: boolean;
  /** Only these objects; empty or absent means all. */
  readonly resources?: readonly SyncOperationResource[];
}

/**
 * Orders what has to be done: by wave, prunes before applies, then kind, then name. Prune waves run in reverse:
 * the lowest distinct prune wave takes the place of the highest. An object that git holds is never pruned.
 */
export function planSync(pairs: readonly SyncPair[], options: PlanOptions): readonly SyncTask[] {
  const selected = pairs.filter((pair) => isSelected(pair.ref, options.resources ?? []));
  const tasks = selected.map((pair) => taskOf(pair, options));
  return settleOrder(reversePruneWaves(tasks).sort(compareTasks));
}

/** True where a selection is absent or names the object; `exclude` entries take objects out. */
export function isSelected(ref: ResourceRef, resources: readonly SyncOperationResource[]): boolean {
  if (resources.length === 0) return true;
  const names = (entry: SyncOperationResource): boolean =>
    (entry.group ?? '') === ref.group &&
    entry.kind === ref.kind &&
    entry.name === ref.name &&
    (entry.namespace === undefined || entry.namespace === '' || entry.namespace === ref.namespace);
  const included = resources.filter((entry) => entry.exclude !== true);
  if (resources.some((entry) => entry.exclude === true && names(entry))) return false;
  return included.length === 0 || included.some(names);
}

function taskOf({ key, ref, version, target, live }: SyncPair, options: PlanOptions): SyncTask {
  if (target !== undefined) {
    const action: SyncAction =
      live === undefined ? { type: 'apply', target } : { type: 'apply', target, live };
    return { key, ref, version, wave: waveOf(target), action };
  }
  if (live === undefined) throw new RangeError(`${describeRef(ref)} is neither desired nor live`);
  return { key, ref, version, wave: waveOf(live), action: pruneAction(live, options) };
}

function pruneAction(live: KubeObject, options: PlanOptions): SyncAction {
  if (!options.prune) return { type: 'skip-prune', message: 'ignored (requires pruning)' };
  if (hasSyncOption(live, 'Prune=false')) return { type: 'skip-prune', message: 'ignored (no prune)' };
  return { type: 'prune', live };
}

function reversePruneWaves(tasks: readonly SyncTask[]): SyncTask[] {
  const waves = [
    ...new Set(tasks.filter((task) => task.action.type === 'prune').map((task) => task.wave)),
  ].sort((a, b) => a - b);
  return tasks.map((task) => {
    if (task.action.type !== 'prune') return task;
    return { ...task, wave: waves[waves.length - 1 - waves.indexOf(task.wave)] ?? task.wave };
  });
}

const isApply = (task: SyncTask): number => (task.action.type === 'apply' ? 1 : 0);

function compareTasks(a: SyncTask, b: SyncTask): number {
  return (
    a.wave - b.wave ||
    isApply(a) - isApply(b) ||
    (isApply(a) === 1
      ? kindPosition(a.ref.kind) - kindPosition(b.ref.kind)
      : kindPosition(b.ref.kind) - kindPosition(a.ref.kind)) ||
    compareText(a.ref.kind, b.ref.kind) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(a.ref.namespace, b.ref.namespace)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A namespace or a CRD that a later wave brings moves before the first object that needs it. */
function settleOrder(tasks: readonly SyncTask[]): readonly SyncTask[] {
  const ordered = [...tasks];
  for (const task of tasks) {
    if (task.action.type !== 'apply') continue;
    const needsIt = dependentsOf(task.ref, task.action.target);
    if (needsIt === undefined) continue;
    const from = ordered.findIndex((other) => other.key === task.key);
    const first = ordered.findIndex((other) => other.action.type === 'apply' && needsIt(other));
    if (first < 0 || first > from) continue;
    const wave = ordered[first]?.wave ?? task.wave;
    ordered.splice(from, 1);
    ordered.splice(first, 0, { ...task, wave });
  }
  return ordered;
}

function dependentsOf(ref: ResourceRef, target: KubeObject): ((task: SyncTask) => boolean) | undefined {
  if (ref.group === '' && ref.kind === 'Namespace') return (task) => task.ref.namespace === ref.name;
  if (ref.kind !== 'CustomResourceDefinition') return undefined;
  const spec = target['spec'] as
    { readonly group?: unknown; readonly names?: { readonly kind?: unknown } } | undefined;
  return (task) =>
    task.action.type === 'apply' &&
    groupOf(task.action.target.apiVersion) === spec?.group &&
    task.ref.kind === spec?.names?.kind;
}
