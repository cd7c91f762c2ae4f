import {
  describeRef,
  type KubeObject,
  type ResourceKey,
  type ResourceRef,
  type SyncOperationResource,
} from '@tiphys/model';
import { deletePoliciesOf, type PlannedHook } from './hooks.ts';
import { waveOf } from './options.ts';
import { inOrder } from './order.ts';
import { placePrunes } from './prune-waves.ts';
import { taskId, type SyncAction, type SyncTask } from './task.ts';
import { pruningOf } from './write-options.ts';

/** One object as the comparison left it: what git wants and what the cluster has. At least one of both is set. */
export interface SyncPair {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly target?: KubeObject;
  readonly live?: KubeObject;
}

export interface PlanOptions {
  readonly prune: boolean;
  /** Only these objects, and no hooks; empty or absent means all. */
  readonly resources?: readonly SyncOperationResource[];
  readonly hooks?: readonly PlannedHook[];
  /** Leaves the hooks out; their objects are not pruned either way. Default false. */
  readonly skipsHooks?: boolean;
  /** Sync options of the Application: `PruneLast=true`, and the defaults of `Prune`. */
  readonly syncOptions?: readonly string[];
}

/**
 * Orders what has to be done: by phase, by wave, prunes before applies, then kind, then name. Prune waves run in
 * reverse: the lowest distinct prune wave takes the place of the highest. An object that git holds, be it as a hook, is
 * never pruned.
 */
export function planSync(pairs: readonly SyncPair[], options: PlanOptions): readonly SyncTask[] {
  const { resources = [], hooks = [], syncOptions = [] } = options;
  const wanted = resources.length > 0 || options.skipsHooks === true ? [] : hooks;
  const held = new Set(hooks.map(({ key }) => key));
  const selected = pairs.filter(
    ({ ref, key, target }) => isSelected(ref, resources) && (target !== undefined || !held.has(key)),
  );
  const tasks = selected.map((pair) => taskOf(pair, options));
  return inOrder(placePrunes([...tasks, ...oncePerMoment(wanted).map(hookTask)], syncOptions));
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

/** Two hooks of one name at one moment are one: the last that git holds. */
const oncePerMoment = (hooks: readonly PlannedHook[]): readonly PlannedHook[] => [
  ...new Map(hooks.map((hook) => [taskId(hook.phase, hook.key), hook])).values(),
];

function taskOf({ key, ref, version, target, live }: SyncPair, options: PlanOptions): SyncTask {
  const head = { id: taskId('Sync', key), key, ref, version, phase: 'Sync', isHook: false } as const;
  if (target !== undefined) return { ...head, wave: waveOf(target), action: applying(target, live) };
  if (live === undefined) throw new RangeError(`${describeRef(ref)} is neither desired nor live`);
  return { ...head, wave: waveOf(live), action: pruneAction(live, options) };
}

const hookTask = ({ key, ref, version, phase, target, live }: PlannedHook): SyncTask => ({
  id: taskId(phase, key),
  key,
  ref,
  version,
  phase,
  isHook: true,
  wave: waveOf(target),
  action: applying(target, live),
});

const applying = (target: KubeObject, live: KubeObject | undefined): SyncAction =>
  live === undefined ? { type: 'apply', target } : { type: 'apply', target, live };

function pruneAction(live: KubeObject, { prune, syncOptions = [] }: PlanOptions): SyncAction {
  if (!prune) return { type: 'skip-prune', live, message: 'ignored (requires pruning)' };
  switch (pruningOf(live, syncOptions)) {
    case 'refused':
      return { type: 'skip-prune', live, message: 'ignored (no prune)' };
    case 'confirmed':
      return { type: 'prune', live, needsConfirmation: true };
    case 'allowed':
      return { type: 'prune', live };
  }
}

/** True where the object of a hook has this policy. */
export const hasDeletePolicy = (
  task: SyncTask,
  policy: 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed',
): boolean => task.isHook && task.action.type === 'apply' && deletePoliciesOf(task.action.target).has(policy);
