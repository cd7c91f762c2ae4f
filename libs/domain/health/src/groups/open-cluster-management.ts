import {
  arrayAt,
  stringAt,
  valueAt,
  type HealthStatus,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, type RulesByKind } from '../rule.ts';

const compliance = (object: JsonObject): string | undefined => stringAt(object, 'status', 'compliant');
const toReport = progressing('Waiting for the status to be reported');
const toUpdate = progressing('Waiting for the status to be updated');

/** True where the last evaluation was of an older generation. */
const isOutdated = (object: JsonObject, ...observed: readonly string[]): boolean =>
  valueAt(object, ...observed) !== undefined &&
  countAt(object, ...observed) !== countAt(object, 'metadata', 'generation');

function certificatePolicy(object: JsonObject): HealthStatus {
  if (compliance(object) === undefined) return toReport;
  if (compliance(object) === 'Compliant') return healthy('All certificates found comply with the policy');
  const details = valueAt(object, 'status', 'compliancyDetails');
  const messages = (Object.values(details ?? {}) as readonly JsonValue[]).map(
    (detail) => stringAt(detail, 'message') ?? '',
  );
  return degraded(messages.join('').trim());
}

function configurationPolicy(object: JsonObject): HealthStatus {
  if (compliance(object) === undefined) return toReport;
  if (isOutdated(object, 'status', 'lastEvaluatedGeneration')) return toUpdate;
  const messages = arrayAt(object, 'status', 'compliancyDetails').flatMap((detail) =>
    conditionsOf(detail, 'conditions').map(({ type, message }) => `${type} - ${message}`),
  );
  return compliance(object) === 'Compliant' ? healthy(messages.join('; ')) : degraded(messages.join('; '));
}

function operatorPolicy(object: JsonObject): HealthStatus {
  if (compliance(object) === undefined) return toReport;
  if (isOutdated(object, 'status', 'observedGeneration')) return toUpdate;
  const compliant = conditionOf(object, 'Compliant');
  if (compliant === undefined) return progressing('Waiting for the compliance condition');
  return compliant.status === 'True' ? healthy(compliant.message) : degraded(compliant.message);
}

/** A policy at its root sums up clusters; a copy in a cluster sums up its templates. */
function policy(object: JsonObject): HealthStatus {
  if (valueAt(object, 'spec', 'disabled') === true) return healthy('Policy is disabled');
  const state = compliance(object);
  if (state === undefined) return toReport;
  const isCopy =
    stringAt(object, 'metadata', 'labels', 'policy.open-cluster-management.io/root-policy') !== undefined;
  const parts = isCopy ? arrayAt(object, 'status', 'details') : arrayAt(object, 'status', 'status');
  const what = isCopy ? 'templates' : 'clusters';
  if (state === 'Compliant') return healthy(`All ${what} are compliant`);
  const bad = parts
    .filter((part) => stringAt(part, 'compliant') === state)
    .map((part) => (isCopy ? stringAt(part, 'templateMeta', 'name') : stringAt(part, 'clustername')));
  const message = `${state} ${what}: ${bad.join(', ')}`;
  return state === 'NonCompliant' ? degraded(message) : progressing(message);
}

export const openClusterRules: RulesByKind = {
  CertificatePolicy: certificatePolicy,
  ConfigurationPolicy: configurationPolicy,
  OperatorPolicy: operatorPolicy,
  Policy: policy,
};
