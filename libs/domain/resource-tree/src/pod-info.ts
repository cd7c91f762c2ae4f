import {
  arrayAt,
  asJson,
  isJsonObject,
  numberAt,
  stringAt,
  valueAt,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@tiphys/model';
import type { InfoItem } from './info.ts';
import { requestsOf } from './pod-requests.ts';

/** The facts shown for a pod: the word and the figures of `kubectl get pods`, its node and what it asked for. */
export function podInfo(pod: KubeObject): readonly InfoItem[] {
  const json = asJson(pod);
  const statuses = arrayAt(json, 'status', 'containerStatuses');
  const sidecars = sidecarsOf(json);
  const total = arrayAt(json, 'spec', 'containers').length + sidecars.size;
  const sidecarStatuses = arrayAt(json, 'status', 'initContainerStatuses').filter((status) =>
    sidecars.has(stringAt(status, 'name') ?? ''),
  );
  const all = [...statuses, ...sidecarStatuses];
  const ready = all.filter((status) => valueAt(status, 'ready') === true).length;
  const restarts = all.reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const node = stringAt(json, 'spec', 'nodeName');
  return [
    { name: 'Status Reason', value: podReason(pod) },
    ...(node === undefined ? [] : [{ name: 'Node', value: node }]),
    { name: 'Containers', value: `${ready}/${total}` },
    ...(restarts > 0 ? [{ name: 'Restart Count', value: String(restarts) }] : []),
    ...(isOver(json) ? [] : requestItems(pod)),
  ];
}

/** A pod that ended holds nothing of its node any more. */
const isOver = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase') ?? '');

function requestItems(pod: KubeObject): readonly InfoItem[] {
  const { cpu, memory } = requestsOf(pod);
  return [
    { name: 'cpu', value: String(cpu) },
    { name: 'memory', value: String(memory) },
  ];
}

/** Init containers that go on running beside the others. */
const sidecarsOf = (pod: JsonObject): ReadonlySet<string> =>
  new Set(
    arrayAt(pod, 'spec', 'initContainers')
      .filter((container) => stringAt(container, 'restartPolicy') === 'Always')
      .map((container) => stringAt(container, 'name') ?? ''),
  );

/** The word that `kubectl get pods` shows in its STATUS column. */
export function podReason(pod: KubeObject): string {
  const json = asJson(pod);
  const phase = stringAt(json, 'status', 'reason') ?? stringAt(json, 'status', 'phase') ?? 'Unknown';
  const reason = initReason(json) ?? containerReason(json, phase);
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  return stringAt(json, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
}

/** How far initialisation is, or why it stands still; undefined once it is over. */
function initReason(pod: JsonObject): string | undefined {
  const sidecars = sidecarsOf(pod);
  const statuses = arrayAt(pod, 'status', 'initContainerStatuses');
  const total = arrayAt(pod, 'spec', 'initContainers').length;
  for (const [index, status] of statuses.entries()) {
    const state = stateOf(status);
    if (numberAt(state['terminated'], 'exitCode') === 0) continue;
    if (sidecars.has(stringAt(status, 'name') ?? '') && valueAt(status, 'started') === true) continue;
    if (isJsonObject(state['terminated'])) return `Init:${endOf(state['terminated'])}`;
    const waiting = stringAt(state['waiting'], 'reason') ?? '';
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

/** The first container that stands out decides; all well with one running means Running. */
function containerReason(pod: JsonObject, phase: string): string {
  let reason = phase;
  let isRunning = false;
  for (const status of [...arrayAt(pod, 'status', 'containerStatuses')].reverse()) {
    const state = stateOf(status);
    const waiting = stringAt(state['waiting'], 'reason') ?? '';
    if (waiting !== '') reason = waiting;
    else if (isJsonObject(state['terminated'])) reason = endOf(state['terminated']);
    else if (isJsonObject(state['running']) && valueAt(status, 'ready') === true) isRunning = true;
  }
  if (reason === 'Completed' && isRunning) return isReady(pod) ? 'Running' : 'NotReady';
  return reason;
}

const stateOf = (status: JsonValue): JsonObject => {
  const state = valueAt(status, 'state');
  return isJsonObject(state) ? state : {};
};

/** Why a container ended: the reason that is given, else its signal or exit code. */
function endOf(terminated: JsonObject): string {
  const reason = stringAt(terminated, 'reason') ?? '';
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
}

const isReady = (pod: JsonObject): boolean =>
  arrayAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
