/**
 * What kwok does to nodes and pods. Every pod matches at most one stage at a time,
 * so that the outcome is never a draw.
 *
 * A pod's label `rec` chooses another fate: `hang` never gets ready, `crash` goes
 * to CrashLoopBackOff, `fail` exits 1, `busy` never ends.
 */

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

interface StageOptions {
  readonly name: string;
  readonly kind: 'Node' | 'Pod';
  readonly when: readonly Requirement[];
  readonly next: object;
  readonly delayMs?: number;
}

/** How long a pod that ends runs before it does, in milliseconds. */
const workMs = 300;

const rec = '.metadata.labels.rec';
const phase = '.status.phase';
const isReady = '.status.conditions.[] | select( .type == "Ready" ) | .status';

/** Pods of Jobs, and pods that never restart and that no controller owns. */
const endsByItself =
  '([.metadata.ownerReferences[]? | select(.kind == "Job")] | length > 0) or ' +
  '(.spec.restartPolicy == "Never" and ([.metadata.ownerReferences[]?] | length == 0))';

/** The last word of a container's command line is `false`, or it ends with a non-zero exit. */
const commandFails =
  '[.spec.containers[] | ((.command // []) + (.args // [])) | join(" ") | ' +
  'test("(^|[ /;])(false|exit [1-9][0-9]*)[ ;]*$")] | any';

const alive: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const scheduled: Requirement = { key: '.spec.nodeName', operator: 'Exists' };

const is = (key: string, ...values: string[]): Requirement => ({ key, operator: 'In', values });
const isNot = (key: string, ...values: string[]): Requirement => ({ key, operator: 'NotIn', values });

function stage({ name, kind, when, next, delayMs }: StageOptions): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: when },
      ...(delayMs === undefined ? {} : { delay: { durationMilliseconds: delayMs } }),
      next,
    },
  };
}

const nodeConditions = `
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ or $.metadata.creationTimestamp Now | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
`;

const nodeReady = `${nodeConditions}
addresses:
- {address: {{ NodeIP | Quote }}, type: InternalIP}
- {address: {{ .metadata.name | Quote }}, type: Hostname}
allocatable: {cpu: 1k, memory: 1Ti, pods: 100k}
capacity: {cpu: 1k, memory: 1Ti, pods: 100k}
nodeInfo:
  architecture: amd64
  bootID: ""
  containerRuntimeVersion: kwok
  kernelVersion: kwok
  kubeProxyVersion: kwok
  kubeletVersion: v1.36.3
  machineID: ""
  operatingSystem: linux
  osImage: kwok
  systemUUID: ""
phase: Running
`;

const addresses = `
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
startTime: {{ or .status.startTime Now | Quote }}
`;

const podConditions = (ready: boolean): string => `
conditions:
- {type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }}}
- {type: ContainersReady, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }}}
`;

const containers = (ready: boolean, state: string, restartCount = 0): string => `
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${ready}
  started: ${ready}
  restartCount: ${restartCount}
  state: ${state}
{{ end }}
`;

const initContainers = `
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
{{ if eq .restartPolicy "Always" }}
  started: true
  state: {running: {startedAt: {{ Now | Quote }}}}
{{ else }}
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}
{{ end }}
{{ end }}
`;

const running = '{running: {startedAt: {{ Now | Quote }}}}';
const backOff = '{waiting: {reason: CrashLoopBackOff, message: "back-off restarting failed container"}}';
const exited = (code: number, reason: string): string =>
  `{terminated: {exitCode: ${code}, reason: ${reason}, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}`;

const status = (...parts: string[]): object => ({ statusTemplate: parts.join('\n') });

/** The stages, as kwok's configuration wants them. */
export const stages: readonly object[] = [
  stage({
    name: 'node-ready',
    kind: 'Node',
    when: [isNot(isReady, 'True')],
    next: status(nodeReady),
  }),
  stage({
    name: 'node-heartbeat',
    kind: 'Node',
    when: [is(phase, 'Running'), is(isReady, 'True')],
    delayMs: 30_000,
    next: status(nodeConditions),
  }),
  stage({
    name: 'pod-running',
    kind: 'Pod',
    when: [alive, scheduled, is(phase, 'Pending'), isNot(isReady, 'True'), isNot(rec, 'hang', 'crash')],
    next: status(podConditions(true), containers(true, running), initContainers, addresses, 'phase: Running'),
  }),
  stage({
    name: 'pod-hanging',
    kind: 'Pod',
    when: [alive, scheduled, is(phase, 'Pending'), is(rec, 'hang')],
    next: status(
      podConditions(false),
      containers(false, running),
      initContainers,
      addresses,
      'phase: Running',
    ),
  }),
  stage({
    name: 'pod-crashing',
    kind: 'Pod',
    when: [alive, scheduled, is(phase, 'Pending'), is(rec, 'crash')],
    next: status(
      podConditions(false),
      containers(false, backOff, 3),
      initContainers,
      addresses,
      'phase: Running',
    ),
  }),
  stage({
    name: 'pod-succeeded',
    kind: 'Pod',
    when: [
      alive,
      is(phase, 'Running'),
      is(endsByItself, 'true'),
      is(commandFails, 'false'),
      isNot(rec, 'hang', 'crash', 'fail', 'busy'),
    ],
    delayMs: workMs,
    next: status(podConditions(false), containers(false, exited(0, 'Completed')), 'phase: Succeeded'),
  }),
  stage({
    name: 'pod-failed',
    kind: 'Pod',
    when: [
      alive,
      is(phase, 'Running'),
      is(endsByItself, 'true'),
      is(`(${rec} == "fail") or (${commandFails})`, 'true'),
      isNot(rec, 'hang', 'crash', 'busy'),
    ],
    delayMs: workMs,
    next: status(podConditions(false), containers(false, exited(1, 'Error')), 'phase: Failed'),
  }),
  stage({
    name: 'pod-gone',
    kind: 'Pod',
    when: [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }],
    next: { delete: true },
  }),
];

/** The configuration file of kwok: JSON documents, which are YAML too. */
export function kwokConfig(): string {
  return stages.map((one) => JSON.stringify(one)).join('\n---\n');
}
