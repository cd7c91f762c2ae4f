import { arrayAt, isJsonObject, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf, conditionsOf } from '../../conditions.ts';
import { countAt } from '../../numbers.ts';
import { byPhase, messageAt } from '../../phase.ts';
import { degraded, healthy, progressing, suspended } from '../../rule.ts';

const said = messageAt('status', 'message');
const fromPhase = byPhase({
  phases: {
    Healthy: ['Healthy', said],
    Progressing: ['Progressing', said],
    Degraded: ['Degraded', said],
    Paused: ['Suspended', said],
  },
  otherwise: ['Unknown', said],
});

/** A Rollout by its phase; versions before 1.0 don't write one, there it follows from conditions and replicas. */
export function rolloutHealth(object: JsonObject): HealthStatus {
  if (!isSpecObserved(object) || !isWorkloadObserved(object)) {
    return progressing('Waiting for rollout spec update to be observed');
  }
  const invalid = conditionOf(object, 'InvalidSpec');
  if (invalid?.status === 'True') return degraded(invalid.message);
  if ((stringAt(object, 'status', 'phase') ?? '') !== '') return fromPhase(object);
  const failure = conditionsOf(object).find(
    ({ type, reason }) =>
      type === 'Progressing' && ['RolloutAborted', 'ProgressDeadlineExceeded'].includes(reason),
  );
  if (failure !== undefined) return degraded(failure.message);
  return isPaused(object) ? suspended('Rollout is paused') : replicasHealth(object);
}

/** Old versions wrote a hash into `observedGeneration`; then there is nothing to compare. */
function isSpecObserved(object: JsonObject): boolean {
  if (!isJsonObject(object['status'])) return false;
  const generation = countAt(object, 'metadata', 'generation');
  const observed = Number(stringAt(object, 'status', 'observedGeneration') ?? Number.NaN);
  return Number.isNaN(observed) || observed > generation || observed === generation;
}

function isWorkloadObserved(object: JsonObject): boolean {
  const wanted = stringAt(object, 'metadata', 'annotations', 'rollout.argoproj.io/workload-generation');
  const observed = stringAt(object, 'status', 'workloadObservedGeneration');
  if (!isJsonObject(valueAt(object, 'spec', 'workloadRef'))) return true;
  return wanted === undefined || observed === undefined || Number(wanted) === Number(observed);
}

const isPaused = (object: JsonObject): boolean =>
  valueAt(object, 'spec', 'paused') === true ||
  valueAt(object, 'status', 'controllerPause') === true ||
  arrayAt(object, 'status', 'pauseConditions').length > 0 ||
  stringAt(object, 'status', 'pauseStartTime') !== undefined;

function replicasHealth(object: JsonObject): HealthStatus {
  const wanted = valueAt(object, 'spec', 'replicas') === undefined ? 1 : countAt(object, 'spec', 'replicas');
  const updated = countAt(object, 'status', 'updatedReplicas');
  if (updated < wanted) return waiting('More replicas need to be updated');
  if (countAt(object, 'status', 'availableReplicas') < updated) {
    return waiting('updated replicas are still becoming available');
  }
  const active = stringAt(object, 'status', 'blueGreen', 'activeSelector');
  const isServed = active === undefined || active === stringAt(object, 'status', 'currentPodHash');
  return isServed ? healthy() : waiting('active service cutover pending');
}

const waiting = (what: string): HealthStatus => progressing(`Waiting for roll out to finish: ${what}`);
