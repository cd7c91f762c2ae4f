import { groupOf, isJsonObject, type KubeObject, type ResourceRef, type SyncPhase } from '@tiphys/model';
import { kindPosition } from './kind-order.ts';
import { isPruning, taskId, type SyncTask } from './task.ts';

const phaseOrder: Readonly<Record<SyncPhase, number>> = { PreSync: 0, Sync: 1, PostSync: 2, SyncFail: 3 };

/** By phase, wave, prunes before applies, kind, name; then a namespace or a CRD before the first that needs it. */
export const inOrder = (tasks: readonly SyncTask[]): readonly SyncTask[] =>
  settleOrder([...tasks].sort(compareTasks));

function compareTasks(a: SyncTask, b: SyncTask): number {
  return (
    phaseOrder[a.phase] - phaseOrder[b.phase] ||
    a.wave - b.wave ||
    Number(isPruning(b)) - Number(isPruning(a)) ||
    (isPruning(a) ? -1 : 1) * (kindPosition(a.ref.kind) - kindPosition(b.ref.kind)) ||
    compareText(a.ref.kind, b.ref.kind) ||
    compareText(a.ref.group, b.ref.group) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(a.ref.namespace, b.ref.namespace)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A namespace or a CRD moves before the first object that needs it, and takes its phase and wave. */
function settleOrder(tasks: readonly SyncTask[]): readonly SyncTask[] {
  const ordered = [...tasks];
  for (const task of tasks) {
    if (task.action.type !== 'apply' || task.isHook) continue;
    const needsIt = dependentsOf(task.ref, task.action.target);
    if (needsIt === undefined) continue;
    const from = ordered.findIndex((other) => other.id === task.id);
    const first = ordered.findIndex((other) => other.action.type === 'apply' && needsIt(other));
    const dependent = ordered[first];
    if (dependent === undefined || first > from) continue;
    ordered.splice(from, 1);
    const { phase, wave } = dependent;
    ordered.splice(first, 0, { ...task, id: taskId(phase, task.key), phase, wave });
  }
  return ordered;
}

function dependentsOf(ref: ResourceRef, target: KubeObject): ((task: SyncTask) => boolean) | undefined {
  if (ref.group === '' && ref.kind === 'Namespace') return (task) => task.ref.namespace === ref.name;
  const defined = kindDefinedBy(target);
  if (defined === undefined) return undefined;
  return ({ action, ref: { kind } }) =>
    action.type === 'apply' && groupOf(action.target.apiVersion) === defined.group && kind === defined.kind;
}

/** The kind that a CustomResourceDefinition brings; undefined for all else. */
export function kindDefinedBy(object: KubeObject): { group: string; kind: string } | undefined {
  if (object.kind !== 'CustomResourceDefinition') return undefined;
  const { spec } = object as { readonly spec?: unknown };
  if (!isJsonObject(spec)) return undefined;
  const { group, names } = spec;
  const kind = isJsonObject(names) ? names['kind'] : undefined;
  return typeof group === 'string' && typeof kind === 'string' ? { group, kind } : undefined;
}
