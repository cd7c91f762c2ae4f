import {
  annotations,
  hasCode,
  keyOf,
  refOf,
  type KubeObject,
  type ManagedNamespaceMetadata,
  type SyncOperation,
} from '@tiphys/model';
import { createsNamespace, optionsOf, taskId, TASKS_INVALID, type SyncTask } from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import type { Objection } from './check-tasks.ts';
import { refusalOf } from './refusals.ts';
import { headOf, runTask } from './run-task.ts';
import { record, type TaskRun } from './task-run.ts';
import type { WriteGateway } from './write-gateway.ts';

/** What is said of a sync whose namespace could not be made. */
export const NAMESPACE_FAILED = 'the namespace failed to apply';

/**
 * The task that makes the destination's namespace (`CreateNamespace=true`): where it is missing, and in each sync where
 * its labels and annotations are managed. Undefined where there is nothing to do or where git has the namespace itself.
 * The namespace carries no mark of the Application, so that it is neither compared nor ever pruned.
 */
export async function namespaceTask(
  { app, view, destination }: AppContext,
  { syncOptions = [] }: SyncOperation,
  { tasks, gateway }: { readonly tasks: readonly SyncTask[]; readonly gateway: WriteGateway },
): Promise<SyncTask | undefined> {
  const { namespace } = destination;
  if (namespace === '' || !createsNamespace(syncOptions)) return undefined;
  const metadata = app.spec.syncPolicy?.managedNamespaceMetadata;
  const target = namespaceObject(namespace, metadata);
  const ref = refOf(target);
  const key = keyOf(ref);
  if (tasks.some((task) => task.key === key && task.action.type === 'apply')) return undefined;
  if (metadata === undefined && view.get(key) !== undefined) return undefined;
  const live = await gateway.get(target, ref).catch((error: unknown) => {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  });
  if (metadata === undefined && live !== undefined) return undefined;
  return {
    id: idOf(namespace),
    key,
    ref,
    version: 'v1',
    phase: 'PreSync',
    isHook: false,
    wave: Math.min(0, ...tasks.filter(({ phase }) => phase === 'PreSync').map(({ wave }) => wave)),
    action: live === undefined ? { type: 'apply', target } : { type: 'apply', target, live },
  };
}

const idOf = (namespace: string): string =>
  taskId('PreSync', keyOf(refOf(namespaceObject(namespace, undefined))));

/** Managed metadata is applied on the server, so that what others set on the namespace stays. */
function namespaceObject(name: string, metadata: ManagedNamespaceMetadata | undefined): KubeObject {
  const bare: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  if (metadata === undefined) return bare;
  const { labels = {}, annotations: notes = {} } = metadata;
  const own = optionsOf({ ...bare, metadata: { annotations: notes } }, annotations.syncOptions);
  const options = [...new Set([...own, 'ServerSideApply=true'])].join(',');
  return {
    ...bare,
    metadata: { name, labels, annotations: { ...notes, [annotations.syncOptions]: options } },
  };
}

/**
 * Makes the namespace before anything else is tried, as all that lives in it would fail without; returns how the sync
 * ends where it could not, or where the project forbids it.
 */
export async function makeNamespace(
  context: AppContext,
  sync: SyncOperation,
  run: TaskRun,
): Promise<Objection | undefined> {
  const { options, tasks } = run;
  if (run.results.has(idOf(context.destination.namespace))) return undefined;
  const task = await namespaceTask(context, sync, { tasks, gateway: options.gateway });
  if (task === undefined) return undefined;
  const refusal = refusalOf(task, options.gateway);
  if (refusal !== undefined) {
    record(run, task, { ...headOf(task), status: 'SyncFailed', message: refusal.message });
    return failed(`${TASKS_INVALID}: ${refusal.reason}`);
  }
  const result = await runTask(task, options);
  const isFailed = result.status === 'SyncFailed';
  // A namespace has no health that could be waited for.
  record(run, task, isFailed ? result : { ...result, hookPhase: 'Succeeded' });
  return isFailed ? failed(`${NAMESPACE_FAILED}, reason: ${result.message ?? ''}`) : undefined;
}

const failed = (message: string): Objection => ({ type: 'finished', phase: 'Failed', message });
