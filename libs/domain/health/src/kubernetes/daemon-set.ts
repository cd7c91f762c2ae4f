import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { countAt, isGenerationStale } from '../numbers.ts';
import { healthy, progressing } from '../rule.ts';

/** A DaemonSet is healthy once every node that wants a pod has an updated one that is available. */
export function daemonSetHealth(object: JsonObject): HealthStatus {
  if (isGenerationStale(object)) {
    return progressing(
      'Waiting for rollout to finish: observed daemon set generation less than desired generation',
    );
  }
  const wanted = countAt(object, 'status', 'desiredNumberScheduled');
  const updated = countAt(object, 'status', 'updatedNumberScheduled');
  const available = countAt(object, 'status', 'numberAvailable');
  if (stringAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return healthy(`daemon set ${updated} out of ${wanted} new pods have been updated`);
  }
  const waiting = `Waiting for daemon set "${stringAt(object, 'metadata', 'name') ?? ''}" rollout to finish:`;
  if (updated < wanted)
    return progressing(`${waiting} ${updated} out of ${wanted} new pods have been updated...`);
  if (available < wanted)
    return progressing(`${waiting} ${available} of ${wanted} updated pods are available...`);
  return healthy();
}
