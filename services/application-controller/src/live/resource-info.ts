import { arrayAt, asJson, isJsonObject, numberAt, stringAt, valueAt, type KubeObject } from '@tiphys/model';

/** A fact shown beside an object in the resource tree. */
export interface InfoItem {
  readonly name: string;
  readonly value: string;
}

/** The facts shown for an object; few kinds have any. */
export function infoOf(object: KubeObject): readonly InfoItem[] {
  if (object.kind === 'Pod' && object.apiVersion === 'v1') return podInfo(object);
  if (object.kind === 'ReplicaSet') return replicaSetInfo(object);
  return [];
}

function replicaSetInfo(object: KubeObject): readonly InfoItem[] {
  const revision = object.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return revision === undefined ? [] : [{ name: 'Revision', value: `Rev:${revision}` }];
}

function podInfo(pod: KubeObject): readonly InfoItem[] {
  const json = asJson(pod);
  const statuses = arrayAt(json, 'status', 'containerStatuses');
  const total = arrayAt(json, 'spec', 'containers').length;
  const ready = statuses.filter((status) => valueAt(status, 'ready') === true).length;
  const restarts = statuses.reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const node = stringAt(json, 'spec', 'nodeName');
  return [
    { name: 'Status Reason', value: podReason(pod) },
    ...(node === undefined ? [] : [{ name: 'Node', value: node }]),
    { name: 'Containers', value: `${ready}/${total}` },
    ...(restarts > 0 ? [{ name: 'Restart Count', value: String(restarts) }] : []),
  ];
}

/** The word that `kubectl get pods` shows in its STATUS column. */
function podReason(pod: KubeObject): string {
  const json = asJson(pod);
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of arrayAt(json, 'status', 'containerStatuses')) {
    const state = valueAt(status, 'state');
    if (!isJsonObject(state)) continue;
    const reason = stringAt(state, 'waiting', 'reason') ?? stringAt(state, 'terminated', 'reason');
    if (reason !== undefined && reason !== '') return reason;
  }
  return stringAt(json, 'status', 'reason') ?? stringAt(json, 'status', 'phase') ?? 'Unknown';
}
