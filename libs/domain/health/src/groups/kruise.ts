import { arrayAt, numberAt, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionsOf } from '../conditions.ts';
import { countAt, isGenerationStale } from '../numbers.ts';
import { byPhase } from '../phase.ts';
import {
  degraded,
  healthy,
  progressing,
  suspended,
  unknown,
  type HealthRule,
  type RulesByKind,
} from '../rule.ts';

function advancedCronJob(object: JsonObject): HealthStatus {
  if (valueAt(object, 'spec', 'paused') === true) return suspended('AdvancedCronJob is Paused');
  if (arrayAt(object, 'status', 'active').length > 0) return progressing('AdvancedCronJobs has active jobs');
  if (object['status'] === undefined) return progressing('Waiting for AdvancedCronJob to be scheduled');
  return stringAt(object, 'status', 'lastScheduleTime') === undefined
    ? degraded('AdvancedCronJobs has not run successfully')
    : healthy('AdvancedCronJobs has run successfully');
}

const broadcastJob = byPhase({
  phases: {
    completed: ['Healthy', 'BroadcastJob is completed successfully'],
    running: ['Progressing', 'BroadcastJob is still running'],
    failed: ['Degraded', 'BroadcastJob failed'],
    paused: ['Suspended', 'BroadcastJob is Paused'],
  },
  otherwise: ['Progressing', 'BroadcastJob is still running'],
});

interface Workload {
  /** How messages name it. */
  readonly name: string;
  /** The fields of the status that count wanted and updated pods. */
  readonly wanted: readonly string[];
  readonly updated: readonly string[];
  readonly ready: readonly string[];
}

const strategy = (object: JsonObject, field: string): unknown =>
  valueAt(object, 'spec', 'updateStrategy', field) ??
  valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate', field);

const workload =
  ({ name, wanted, updated, ready }: Workload): HealthRule =>
  (object) => {
    if (countAt(object, 'status', 'observedGeneration') === 0 || isGenerationStale(object)) {
      return progressing('Waiting for initialization');
    }
    if (strategy(object, 'paused') === true) return suspended(`${name} is paused`);
    const total = countAt(object, ...wanted);
    if (total === 0 && name === 'Daemonset') return progressing('Waiting for initialization');
    const isHeld = countAt(object, ...updated) < total;
    if (Number(strategy(object, 'partition') ?? 0) !== 0 && isHeld)
      return suspended(`${name} needs manual intervention`);
    if (
      conditionsOf(object).some(({ type, status }) => type.startsWith('Failed') && status === 'True') ||
      isHeld
    ) {
      return degraded('Some replicas are not ready or available');
    }
    return countAt(object, ...ready) < total
      ? progressing('Waiting for replicas to be ready')
      : healthy(`All ${name} workloads are ready and updated`);
  };

const replicas = ['status', 'replicas'];
const updatedReady = ['status', 'updatedReadyReplicas'];

export const kruiseRules: RulesByKind = {
  AdvancedCronJob: advancedCronJob,
  BroadcastJob: broadcastJob,
  CloneSet: workload({ name: 'Cloneset', wanted: replicas, updated: updatedReady, ready: updatedReady }),
  StatefulSet: workload({
    name: 'Statefulset',
    wanted: replicas,
    updated: updatedReady,
    ready: ['status', 'updatedAvailableReplicas'],
  }),
  DaemonSet: workload({
    name: 'Daemonset',
    wanted: ['status', 'desiredNumberScheduled'],
    updated: ['status', 'updatedNumberScheduled'],
    ready: ['status', 'numberAvailable'],
  }),
};

function gameServer(object: JsonObject): HealthStatus {
  const current = stringAt(object, 'status', 'currentState');
  if (current === undefined) return unknown('Waiting for GameServer to be ready');
  const pod = conditionsOf(object, 'status', 'podStatus', 'conditions').find(
    ({ status }) => status === 'False',
  );
  if (pod !== undefined) return degraded(`Pod is not ready: ${pod.type}`);
  const own = conditionsOf(object).find(({ status }) => status === 'False');
  if (own !== undefined) return degraded(`GameServer is not normal: ${own.type}`);
  return current === 'Ready' ? healthy('GameServer is Ready') : progressing(`GameServer is ${current}`);
}

function gameServerSet(object: JsonObject): HealthStatus {
  if (valueAt(object, 'status', 'observedGeneration') === undefined || isGenerationStale(object)) {
    return progressing('Waiting for GameServerSet to be observed');
  }
  const total = countAt(object, 'spec', 'replicas');
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  if (partition > 0) return suspended(`Partition=${partition}, waiting for manual intervention`);
  const [ready, updated] = [
    countAt(object, 'status', 'readyReplicas'),
    countAt(object, 'status', 'updatedReadyReplicas'),
  ];
  return ready >= total && updated >= total
    ? healthy('All GameServerSet replicas are updated and ready')
    : progressing(`Waiting for GameServerSet: ${updated} out of ${total} replicas are updated and ready`);
}

export const gameRules: RulesByKind = { GameServer: gameServer, GameServerSet: gameServerSet };

function rollout(object: JsonObject): HealthStatus {
  if (isGenerationStale(object)) return progressing('Waiting for the rollout to be observed');
  switch (stringAt(object, 'status', 'phase')) {
    case 'Healthy':
      return healthy('Rollout is Completed');
    case 'Disabled':
    case 'Terminating':
      return degraded('Rollout is Disabled or Terminating');
    default:
      return isStepPaused(object)
        ? suspended('Rollout is Paused need manual intervention')
        : progressing('Rollout is still progressing');
  }
}

const isStepPaused = (object: JsonObject): boolean =>
  ['canaryStatus', 'blueGreenStatus'].some(
    (key) => stringAt(object, 'status', key, 'currentStepState') === 'StepPaused',
  );

export const kruiseRolloutRules: RulesByKind = { Rollout: rollout };
