import type { JsonObject } from '@tiphys/model';
import { listAt, objectAt, type DefaultsTable } from './rule.ts';

function serviceSpec(spec: JsonObject): JsonObject {
  const type = spec['type'];
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || listAt(spec, 'externalIPs').length > 0;
  return {
    ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    ...spec,
    ...affinityConfig(spec),
  };
}

function affinityConfig(spec: JsonObject): JsonObject {
  if (spec['sessionAffinity'] !== 'ClientIP') return { sessionAffinityConfig: undefined };
  const timeout = objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP')['timeoutSeconds'];
  return { sessionAffinityConfig: { clientIP: { timeoutSeconds: timeout ?? 10_800 } } };
}

function servicePort(port: JsonObject): JsonObject {
  const target = port['targetPort'];
  const isUnset = target === undefined || target === null || target === 0 || target === '';
  return isUnset ? { ...port, targetPort: port['port'] } : port;
}

function limitRangeItem(item: JsonObject): JsonObject {
  if (item['type'] !== 'Container') return item;
  const limits = { ...objectAt(item, 'max'), ...objectAt(item, 'default') };
  const requests = { ...objectAt(item, 'min'), ...limits, ...objectAt(item, 'defaultRequest') };
  return { ...item, default: limits, defaultRequest: requests };
}

/** Subsets are compared in one order: the server regroups them. */
export const coreDefaults: DefaultsTable = {
  'core/v1.ServiceSpec': { fill: { sessionAffinity: 'None', type: 'ClusterIP' }, then: serviceSpec },
  'core/v1.ServicePort': { fill: { protocol: 'TCP' }, then: servicePort },
  'core/v1.Secret': { fill: { type: 'Opaque' } },
  'core/v1.EndpointPort': { fill: { protocol: 'TCP' } },
  'core/v1.LimitRangeItem': { then: limitRangeItem },
  'core/v1.ReplicationControllerSpec': { fill: { replicas: 1 } },
  'discovery/v1.EndpointPort': { fill: { name: '', protocol: 'TCP' } },
  'scheduling/v1.PriorityClass': { fill: { preemptionPolicy: 'PreemptLowerPriority' } },
};
