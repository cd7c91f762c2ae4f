import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { has, listAt, objectAt, type DefaultsTable } from './rule.ts';

const MAX_INT32 = 2_147_483_647;

const rollingUpdate =
  (defaults: JsonObject) =>
  (strategy: JsonObject): JsonObject =>
    strategy['type'] === 'RollingUpdate'
      ? { ...strategy, rollingUpdate: { ...defaults, ...objectAt(strategy, 'rollingUpdate') } }
      : strategy;

/** Only a strategy that isn't named at all gets its `rollingUpdate`. */
function statefulSetStrategy(strategy: JsonObject): JsonObject {
  const isNamed = (strategy['type'] ?? '') !== '';
  if (isNamed && (strategy['type'] !== 'RollingUpdate' || !has(strategy, 'rollingUpdate'))) return strategy;
  return {
    type: 'RollingUpdate',
    ...strategy,
    rollingUpdate: { partition: 0, ...objectAt(strategy, 'rollingUpdate') },
  };
}

function statefulSetSpec(spec: JsonObject): JsonObject {
  const templates = listAt(spec, 'volumeClaimTemplates').map(claimTemplate);
  return {
    ...spec,
    updateStrategy: objectAt(spec, 'updateStrategy'),
    persistentVolumeClaimRetentionPolicy: {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
      ...objectAt(spec, 'persistentVolumeClaimRetentionPolicy'),
    },
    ...(templates.length > 0 ? { volumeClaimTemplates: templates } : {}),
  };
}

/** A claim in a list has its own kind and status, which the server writes. */
function claimTemplate(template: JsonValue): JsonValue {
  if (!isJsonObject(template)) return template;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...template,
    status: { phase: 'Pending', ...objectAt(template, 'status') },
  };
}

function jobSpec(spec: JsonObject): JsonObject {
  const isSingle = !has(spec, 'completions') && !has(spec, 'parallelism');
  return {
    parallelism: 1,
    ...(isSingle ? { completions: 1 } : {}),
    backoffLimit: has(spec, 'backoffLimitPerIndex') ? MAX_INT32 : 6,
    podReplacementPolicy: has(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed',
    ...spec,
  };
}

const deploymentStrategy = rollingUpdate({ maxUnavailable: '25%', maxSurge: '25%' });
const daemonSetStrategy = rollingUpdate({ maxUnavailable: 1, maxSurge: 0 });

/** A union that the patch may have emptied is filled from its parent. */
const withStrategy =
  (key: string) =>
  (spec: JsonObject): JsonObject => ({ ...spec, [key]: objectAt(spec, key) });

export const workloadDefaults: DefaultsTable = {
  'apps/v1.DeploymentSpec': {
    fill: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
    then: withStrategy('strategy'),
  },
  'apps/v1.DeploymentStrategy': { fill: { type: 'RollingUpdate' }, then: deploymentStrategy },
  'apps/v1.DaemonSetSpec': { fill: { revisionHistoryLimit: 10 }, then: withStrategy('updateStrategy') },
  'apps/v1.DaemonSetUpdateStrategy': { fill: { type: 'RollingUpdate' }, then: daemonSetStrategy },
  'apps/v1.StatefulSetSpec': {
    fill: { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 },
    then: statefulSetSpec,
  },
  'apps/v1.StatefulSetUpdateStrategy': { then: statefulSetStrategy },
  'apps/v1.ReplicaSetSpec': { fill: { replicas: 1 } },
  'batch/v1.JobSpec': {
    fill: { completionMode: 'NonIndexed', suspend: false, manualSelector: false },
    then: jobSpec,
  },
  'batch/v1.PodFailurePolicyOnPodConditionsPattern': { fill: { status: 'True' } },
  'batch/v1.CronJobSpec': {
    fill: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    },
  },
};
