import { refOf, type KubeObject, type OperationState, type SyncOperation } from '@tiphys/model';
import {
  failsOnSharedResource,
  needsApply,
  planHooks,
  planSync,
  respectsIgnoreDifferences,
  sharedResourceFound,
  taskId,
  type PlannedHook,
  type SyncPair,
  type SyncTask,
} from '@tiphys/sync-plan';
import { markObject } from '@tiphys/tracking';
import { compareApplication, type Comparison } from '../compare/compare.ts';
import type { AppContext, Desired } from '../compare/desired.ts';
import { fetchLive } from '../compare/fetch-live.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';

export interface Planning {
  readonly state: OperationState;
  readonly sync: SyncOperation;
  readonly desired: Desired;
  readonly memory: AppMemory;
  /** Tasks that the operation has dealt with already. */
  readonly done: ReadonlySet<string>;
}

export type Planned =
  | { readonly type: 'plan'; readonly tasks: readonly SyncTask[] }
  /** The operation may not begin. */
  | { readonly type: 'refused'; readonly message: string };

/** What an operation has to do, from what git wants and what the cluster has now. */
export async function planOperation(context: AppContext, planning: Planning): Promise<Planned> {
  const { sync, desired, memory, done } = planning;
  const { syncOptions = [] } = sync;
  const comparison = await compareApplication({
    ...context,
    prepared: desired.prepared,
    diffs: memory.diffs,
  });
  const shared = failsOnSharedResource(syncOptions) ? sharedOf(comparison) : [];
  if (shared.length > 0) return { type: 'refused', message: sharedResourceFound(shared) };
  const pairs = comparison.objects
    .filter(({ pair, status }) =>
      needsApply(
        {
          isSynced: status.status === 'Synced',
          hasLive: pair.live !== undefined,
          hasResult: done.has(taskId('Sync', pair.key)),
        },
        syncOptions,
      ),
    )
    .map(({ pair }) => pair);
  const wanted = respectsIgnoreDifferences(syncOptions)
    ? await Promise.all(pairs.map((pair) => respectful(pair, context, memory)))
    : pairs;
  const tasks = planSync(wanted, {
    prune: sync.prune === true,
    resources: sync.resources ?? [],
    hooks: await hooksOf(context, planning),
    skipsHooks: sync.syncStrategy?.apply !== undefined,
    syncOptions,
  });
  return { type: 'plan', tasks };
}

/** What is ignored is applied as it is: the live value takes the place of the desired one. */
async function respectful(pair: SyncPair, { app }: AppContext, memory: AppMemory): Promise<SyncPair> {
  const { target, live } = pair;
  if (target === undefined || live === undefined) return pair;
  return { ...pair, target: await memory.diffs.withIgnoredFromLive({ target, live }, app) };
}

const sharedOf = ({ conditions }: Comparison): readonly string[] =>
  conditions.filter(({ type }) => type === 'SharedResourceWarning').map(({ message }) => message);

async function hooksOf(context: AppContext, { desired, state }: Planning): Promise<readonly PlannedHook[]> {
  const { view, instance, destination, tracking } = context;
  const mark = (object: KubeObject): KubeObject =>
    markObject(object, { app: instance, destinationNamespace: destination.namespace, settings: tracking });
  const naming = {
    revision: desired.rendered.revisions[0] ?? '',
    startedAt: Date.parse(state.startedAt),
  };
  const hooks = planHooks(desired.prepared.hooks, naming, mark);
  if (hooks.length === 0) return hooks;
  const live = await fetchLive(
    view,
    hooks.map(({ key, version, target }) => ({ key, version, ref: refOf(target), object: target })),
  );
  return hooks.map((hook) => {
    const found = live.get(hook.key);
    return found === undefined ? hook : { ...hook, live: found };
  });
}
