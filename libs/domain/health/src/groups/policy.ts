import type { HealthStatus, JsonObject } from '@tiphys/model';
import { conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, type RulesByKind } from '../rule.ts';

/** A budget is degraded only where the controller could not work it out; too few pods is what it is there for. */
function disruptionBudget(object: JsonObject): HealthStatus {
  const states = conditionsOf(object).filter(({ type }) => type === 'DisruptionAllowed');
  const [first] = states;
  if (first === undefined) return progressing('Waiting for status');
  if (states.some(({ reason }) => reason === 'SyncFailed'))
    return degraded('PodDisruptionBudget has SyncFailed');
  return healthy(`PodDisruptionBudget has ${first.reason}`);
}

export const policyRules: RulesByKind = { PodDisruptionBudget: disruptionBudget };
