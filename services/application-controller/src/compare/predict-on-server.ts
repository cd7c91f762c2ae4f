import { asJson, FIELD_MANAGER, gvkOf, refOf, type KubeObject } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import type { ClusterView } from '../live/cluster-view.ts';

/** What the API server would make of the live object: a dry run of applying the target, which writes nothing. */
export function predictOnServer(view: ClusterView, target: KubeObject): Promise<KubeObject> {
  return view.api.patch(view.kinds.find(gvkOf(target)), refOf(target), {
    type: 'apply',
    body: asJson(target),
    dryRun: true,
    force: true,
    fieldManager: FIELD_MANAGER,
  });
}

/** True where two versions of an object differ in their status alone, so that a prediction for one holds for both. */
export function isSameBesidesStatus(a: KubeObject, b: KubeObject): boolean {
  return jsonEqual(asJson(withoutStatus(a)), asJson(withoutStatus(b)));
}

function withoutStatus(object: KubeObject): KubeObject {
  const { resourceVersion: _version, generation: _generation, managedFields, ...metadata } = object.metadata;
  const { status: _status, ...rest } = object;
  const entries = (managedFields ?? [])
    .filter((entry) => entry['subresource'] !== 'status')
    .map(({ time: _time, ...entry }) => entry);
  return { ...rest, metadata: { ...metadata, managedFields: entries } };
}
