import type { HealthStatus, JsonObject } from '@tiphys/model';
import { conditionOf } from '../conditions.ts';
import { healthy, progressing } from '../rule.ts';

/** An APIService is healthy once the API that it announces can be reached. */
export function apiServiceHealth(object: JsonObject): HealthStatus {
  const available = conditionOf(object, 'Available');
  if (available === undefined) return progressing('Waiting to be processed');
  const message = `${available.reason}: ${available.message}`;
  return available.status === 'True' ? healthy(message) : progressing(message);
}
