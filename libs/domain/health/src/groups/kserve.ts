import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionsOf, type Condition } from '../conditions.ts';
import { degraded, healthy, progressing, suspended, unknown, type RulesByKind } from '../rule.ts';

const describe = ({ type, status, reason, message }: Condition): string =>
  [type, status, reason, message].filter((text) => text !== '').join(' | ');

/** An InferenceService by the transition of its model, then by those of its conditions that don't hold. */
function inferenceService(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object);
  const transition = stringAt(object, 'status', 'modelStatus', 'transitionStatus');
  if (conditions.length === 0 && transition === undefined)
    return progressing('Waiting for InferenceService to report status...');
  if (conditions.some(({ type, status }) => type === 'Stopped' && status === 'True')) {
    return suspended('InferenceService is Stopped');
  }
  const open = conditions.filter(({ type, status }) => type !== 'Stopped' && status !== 'True');
  const settled = transition === undefined || transition === 'UpToDate';
  if (open.length === 0 && settled) return healthy('InferenceService is healthy.');
  const numbered = conditions.flatMap((condition, index) =>
    open.includes(condition) ? [`${index + 1}: ${describe(condition)}`] : [],
  );
  const message = [...(settled ? [] : [`0: transitionStatus | ${transition}`]), ...numbered].join(' | ');
  if (open.some(({ status }) => status === 'False') || transition === 'BlockedByFailedLoad')
    return degraded(message);
  if (transition === 'InvalidSpec') return degraded(message);
  return transition === 'InProgress' || open.length > 0 ? progressing(message) : unknown(message);
}

export const kserveRules: RulesByKind = { InferenceService: inferenceService };
