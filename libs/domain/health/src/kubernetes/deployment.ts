import { stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf } from '../conditions.ts';
import { countAt, isGenerationStale } from '../numbers.ts';
import { degraded, healthy, progressing, suspended } from '../rule.ts';

/** A Deployment is healthy once every replica runs the new template and is available. */
export function deploymentHealth(object: JsonObject): HealthStatus {
  if (valueAt(object, 'spec', 'paused') === true) return suspended('Deployment is paused');
  if (isGenerationStale(object)) {
    return waiting('observed deployment generation less than desired generation');
  }
  if (conditionOf(object, 'Progressing')?.reason === 'ProgressDeadlineExceeded') {
    return degraded(
      `Deployment "${stringAt(object, 'metadata', 'name') ?? ''}" exceeded its progress deadline`,
    );
  }
  const wanted = countAt(object, 'spec', 'replicas');
  const [total, updated, available] = ['replicas', 'updatedReplicas', 'availableReplicas'].map((key) =>
    countAt(object, 'status', key),
  ) as [number, number, number];
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated...`);
  if (total > updated) return waiting(`${total - updated} old replicas are pending termination...`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available...`);
  return healthy();
}

const waiting = (what: string): HealthStatus => progressing(`Waiting for rollout to finish: ${what}`);
