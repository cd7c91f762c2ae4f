import type { HealthStatus, JsonObject } from '@tiphys/model';
import { conditionsOf } from '../conditions.ts';
import { countAt, isGenerationStale } from '../numbers.ts';
import { degraded, healthy, progressing } from '../rule.ts';

/** A ReplicaSet is healthy once all its replicas are available. */
export function replicaSetHealth(object: JsonObject): HealthStatus {
  if (isGenerationStale(object)) {
    return progressing(
      'Waiting for rollout to finish: observed replica set generation less than desired generation',
    );
  }
  const failure = conditionsOf(object).find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (failure !== undefined) return degraded(failure.message);
  const wanted = countAt(object, 'spec', 'replicas');
  const available = countAt(object, 'status', 'availableReplicas');
  return available < wanted
    ? progressing(
        `Waiting for rollout to finish: ${available} out of ${wanted} new replicas are available...`,
      )
    : healthy();
}
