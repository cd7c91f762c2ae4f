import type { JsonObject } from '@tiphys/model';
import { has, listAt, objectAt, orElse, type DefaultsTable } from './rule.ts';

function policyTypes(spec: JsonObject): JsonObject {
  if (listAt(spec, 'policyTypes').length > 0) return spec;
  return { ...spec, policyTypes: listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] };
}

function ingressClassScope(spec: JsonObject): JsonObject {
  if (!has(spec, 'parameters')) return spec;
  return { ...spec, parameters: orElse(objectAt(spec, 'parameters'), 'scope', 'Cluster') };
}

export const networkDefaults: DefaultsTable = {
  'networking/v1.NetworkPolicyPort': { fill: { protocol: 'TCP' } },
  'networking/v1.NetworkPolicySpec': { then: policyTypes },
  'networking/v1.IngressClassSpec': { then: ingressClassScope },
};
