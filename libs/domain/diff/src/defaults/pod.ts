import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { has, listAt, objectAt, type DefaultsTable } from './rule.ts';
import { pullPolicy } from './pull-policy.ts';

function container(object: JsonObject): JsonObject {
  const image = object['image'];
  if ((object['imagePullPolicy'] ?? '') !== '') return object;
  return { ...object, imagePullPolicy: pullPolicy(typeof image === 'string' ? image : '') };
}

/** Containers on the host's network take their ports there; limits count as requests. */
function pod(object: JsonObject): JsonObject {
  const spec = objectAt(object, 'spec');
  const onHost = spec['hostNetwork'] === true;
  const adjust = (key: string): JsonObject =>
    has(spec, key) ? { [key]: listAt(spec, key).map((element) => podContainer(element, onHost)) } : {};
  return {
    ...object,
    spec: {
      enableServiceLinks: true,
      ...spec,
      ...adjust('containers'),
      ...adjust('initContainers'),
      tolerations: withNodeTolerations(listAt(spec, 'tolerations')),
    },
  };
}

function podContainer(element: JsonValue, onHost: boolean): JsonValue {
  if (!isJsonObject(element)) return element;
  const resources = objectAt(element, 'resources');
  const limits = objectAt(resources, 'limits');
  const requests = { ...limits, ...objectAt(resources, 'requests') };
  const ports = onHost ? listAt(element, 'ports').map(hostPort) : element['ports'];
  return { ...element, ports, resources: { ...resources, requests } };
}

const hostPort = (port: JsonValue): JsonValue =>
  isJsonObject(port) && (port['hostPort'] ?? 0) === 0 ? { ...port, hostPort: port['containerPort'] } : port;

const nodeTroubles = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Every pod tolerates a lost node for five minutes unless it says otherwise. */
function withNodeTolerations(tolerations: readonly JsonValue[]): readonly JsonValue[] {
  const missing = nodeTroubles.filter((key) => !tolerations.some((given) => tolerates(given, key)));
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  return [...tolerations, ...added];
}

const tolerates = (toleration: JsonValue, key: string): boolean =>
  isJsonObject(toleration) &&
  (toleration['key'] === key || (toleration['key'] ?? '') === '') &&
  (toleration['effect'] === 'NoExecute' || (toleration['effect'] ?? '') === '');

const containerFill = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };

export const podDefaults: DefaultsTable = {
  'core/v1.Pod': { then: pod },
  'core/v1.PodSpec': {
    fill: {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    },
  },
  'core/v1.Container': { fill: containerFill, then: container },
  'core/v1.EphemeralContainer': { fill: containerFill, then: container },
  'core/v1.ContainerPort': { fill: { protocol: 'TCP' } },
  'core/v1.Probe': {
    fill: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  },
  'core/v1.HTTPGetAction': { fill: { path: '/', scheme: 'HTTP' } },
  'core/v1.GRPCAction': { fill: { service: '' } },
  'core/v1.ObjectFieldSelector': { fill: { apiVersion: 'v1' } },
  'core/v1.ResourceFieldSelector': { fill: { divisor: '0' } },
};
