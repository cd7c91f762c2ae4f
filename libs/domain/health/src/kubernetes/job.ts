import type { HealthStatus, JsonObject } from '@tiphys/model';
import { conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, suspended } from '../rule.ts';

/** A Job by the condition it ended with, or by its suspension. */
export function jobHealth(object: JsonObject): HealthStatus {
  const ends = conditionsOf(object).filter(({ type }) => ['Failed', 'Complete', 'Suspended'].includes(type));
  const failure = ends.find(({ type }) => type === 'Failed');
  if (failure !== undefined) return degraded(failure.message);
  if (ends.some(({ type, status }) => type === 'Suspended' && status === 'True')) return suspended();
  const last = ends.at(-1);
  return last === undefined ? progressing() : healthy(last.message);
}
