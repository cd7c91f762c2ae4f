import { arrayAt, asJson, valueAt, type JsonValue, type KubeObject, type ResourceRef } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import type { Applying } from './applying.ts';
import { missingRecord } from './client-side.ts';
import { recreate } from './recreate.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

/** What the reconciliation of a role or a binding comes down to. */
type Reconciliation = 'none' | 'create' | 'update' | 'recreate';

/** True for the kinds that `kubectl auth reconcile` knows; their results tell of it. */
export const isReconciled = ({ apiVersion }: KubeObject): boolean => apiVersion === RBAC;

/** A binding to another role cannot be changed in place. */
export function needsNewBinding(target: KubeObject, live: KubeObject | undefined): boolean {
  if (live === undefined || !isReconciled(target)) return false;
  const [wanted, has] = [target, live].map((object) => valueAt(asJson(object), 'roleRef'));
  return wanted !== undefined && has !== undefined && !jsonEqual(wanted, has);
}

/** Deletes the binding to another role and creates the desired one. */
export const makeNewBinding = (applying: Applying, desired: KubeObject): Promise<void> =>
  applying.live === undefined ? Promise.resolve() : recreate(applying.live, desired, applying);

/** What `kubectl auth reconcile` and then `apply` say of a role or a binding, given what the apply said. */
export function reconciledText(
  { target, live }: Pick<Applying, 'target' | 'live'>,
  said: { readonly name: string; readonly verb: string; readonly plural: string; readonly suffix: string },
): string {
  const { name, verb, plural, suffix } = said;
  const what = reconciliationOf(target, live);
  const head = `${name} reconciled${suffix}`;
  if (what === 'none') return `${head}. ${name} ${verb}${suffix}`;
  const required = `${head}. reconciliation required ${what}`;
  // The reconciliation made the object, so the apply finds one that it did not make.
  if (verb !== 'created' || suffix !== '') return `${required}${name} ${verb}${suffix}`;
  return `${required}${name} configured. ${missingRecord(`${plural}/${target.metadata.name ?? ''}`)}`;
}

function reconciliationOf(target: KubeObject, live: KubeObject | undefined): Reconciliation {
  if (live === undefined) return 'create';
  if (needsNewBinding(target, live)) return 'recreate';
  const lacks = (list: 'rules' | 'subjects'): boolean =>
    arrayAt(asJson(target), list).some((wanted) => !includes(arrayAt(asJson(live), list), wanted));
  const marks = (['labels', 'annotations'] as const).some((field) =>
    Object.entries(target.metadata[field] ?? {}).some(
      ([key, value]) => live.metadata[field]?.[key] !== value,
    ),
  );
  return marks || lacks('rules') || lacks('subjects') ? 'update' : 'none';
}

const includes = (list: readonly JsonValue[], wanted: JsonValue): boolean =>
  list.some((value) => jsonEqual(value, wanted));

/** `deployment.apps/web`, as kubectl names what it applied. */
export const resourceName = (ref: ResourceRef): string =>
  `${ref.kind.toLowerCase()}${ref.group === '' ? '' : `.${ref.group}`}/${ref.name}`;
