import { isJsonObject, numberAt, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { countAt, isGenerationStale } from '../numbers.ts';
import { healthy, progressing } from '../rule.ts';

/** A StatefulSet is healthy once its pods are ready and run the wanted revision, up to its partition. */
export function statefulSetHealth(object: JsonObject): HealthStatus {
  if (countAt(object, 'status', 'observedGeneration') === 0 || isGenerationStale(object)) {
    return progressing('Waiting for statefulset spec update to be observed...');
  }
  const wanted = countAt(object, 'spec', 'replicas');
  const ready = countAt(object, 'status', 'readyReplicas');
  if (ready < wanted) return progressing(`Waiting for ${wanted - ready} pods to be ready...`);
  const type = stringAt(object, 'spec', 'updateStrategy', 'type');
  if (type === 'RollingUpdate' && isJsonObject(valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate'))) {
    return partitionHealth(object, wanted);
  }
  if (type === 'OnDelete') return healthy(`statefulset has ${ready} ready pods`);
  return revisionHealth(object);
}

function partitionHealth(object: JsonObject, wanted: number): HealthStatus {
  const updated = countAt(object, 'status', 'updatedReplicas');
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  if (partition !== undefined && updated < wanted - partition) {
    return progressing(
      `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`,
    );
  }
  return healthy(`partitioned roll out complete: ${updated} new pods have been updated...`);
}

function revisionHealth(object: JsonObject): HealthStatus {
  const wanted = stringAt(object, 'status', 'updateRevision') ?? '';
  const current = stringAt(object, 'status', 'currentRevision') ?? '';
  return wanted === current
    ? healthy(
        `statefulset rolling update complete ${countAt(object, 'status', 'currentReplicas')} pods at revision ${current}...`,
      )
    : progressing(
        `waiting for statefulset rolling update to complete ${countAt(object, 'status', 'updatedReplicas')} pods at revision ${wanted}...`,
      );
}
