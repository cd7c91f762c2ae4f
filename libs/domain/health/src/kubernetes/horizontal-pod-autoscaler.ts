import { hasCode, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { conditionsOf, type Condition } from '../conditions.ts';
import { degraded, healthy, progressing, type HealthRule } from '../rule.ts';

const failures: Readonly<Record<string, readonly string[]>> = {
  AbleToScale: ['FailedGetScale', 'FailedUpdateScale'],
  ScalingActive: [
    'FailedGetResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ],
};
const successes = ['AbleToScale', 'ScalingLimited'];

/** An autoscaler by the first of its conditions that says how it fares. */
function healthFrom(conditions: readonly Condition[]): HealthStatus {
  for (const { type, status, reason, message } of conditions) {
    if (failures[type]?.includes(reason) === true) return degraded(message);
    if (status === 'True' && successes.includes(type)) return healthy(message);
  }
  return progressing('Waiting to Autoscale');
}

export const autoscalerHealth: HealthRule = (object) => healthFrom(conditionsOf(object));

/** Version 1 keeps its conditions as JSON in an annotation. */
export function autoscalerV1Health(object: JsonObject): HealthStatus {
  const text = stringAt(object, 'metadata', 'annotations', 'autoscaling.alpha.kubernetes.io/conditions');
  if (text === undefined) return healthFrom([]);
  try {
    return healthFrom(conditionsOf({ conditions: parseJson(text, 'the conditions') }, 'conditions'));
  } catch (error) {
    if (!hasCode(error, 'invalid')) throw error;
    return { status: 'Unknown', message: 'the annotation with the conditions is not JSON' };
  }
}
