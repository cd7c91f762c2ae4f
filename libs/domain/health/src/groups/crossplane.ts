import { isJsonObject, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, suspended, type RulesByKind } from '../rule.ts';

const upToDate = 'Resource is up-to-date.';
const started = byConditions({
  rows: [
    { type: 'LastAsyncOperation', status: 'False', gives: 'Degraded' },
    { type: 'Synced', status: 'False', gives: 'Degraded' },
    {
      type: ['Ready', 'Healthy', 'Offered', 'Established', 'ValidPipeline'],
      status: 'True',
      gives: 'Healthy',
      message: upToDate,
    },
  ],
  otherwise: progressing('Provisioning resource...'),
});

/** Kinds that hold settings and never report a status. */
const withoutStatus = [
  'Composition',
  'CompositionRevision',
  'DeploymentRuntimeConfig',
  'ControllerConfig',
  'ProviderConfig',
  'ProviderConfigUsage',
  'ClusterProviderConfig',
  'EnvironmentConfig',
  'ImageConfig',
  'Usage',
];

/** Any resource of Crossplane and its providers. A failed synchronisation outweighs what was ready before. */
export function crossplane(object: JsonObject): HealthStatus {
  const hasConditions = conditionsOf(object).length > 0;
  if (!hasConditions && withoutStatus.includes(stringAt(object, 'kind') ?? '')) return healthy(upToDate);
  const sync = conditionOf(object, 'Synced');
  return sync?.status === 'False' && sync.reason === 'ReconcilePaused'
    ? suspended('ReconcilePaused')
    : asyncFirst(object);
}

/** Where both the update and its background part failed, what the former says is more. */
function asyncFirst(object: JsonObject): HealthStatus {
  const sync = conditionOf(object, 'Synced');
  return sync?.status === 'False' ? degraded(sync.message) : started(object);
}

/** A resource of the older AWS provider; `name` is how it is called while it is made. */
const awsResource =
  (name: string, waiting = name) =>
  (object: JsonObject): HealthStatus => {
    if (!isJsonObject(object['status'])) return progressing(`Waiting for ${waiting} to be created`);
    const sync = conditionOf(object, 'Synced');
    if (sync?.status === 'False')
      return sync.reason === 'ReconcilePaused' ? suspended(sync.reason) : degraded(sync.message);
    const ready = conditionOf(object, 'Ready');
    if (ready?.status === 'True') return healthy(ready.reason);
    return progressing(`Waiting for ${waiting} to be available`);
  };

export const cloudfrontRules: RulesByKind = { Distribution: awsResource('distribution') };
export const iamRules: RulesByKind = {
  Policy: awsResource('policy'),
  Role: awsResource('role'),
  RolePolicyAttachment: awsResource('rolepolicyattachment'),
};
export const rdsRules: RulesByKind = {
  DBCluster: awsResource('DBCluster'),
  DBInstance: awsResource('DBInstance'),
};
export const route53Rules: RulesByKind = { ResourceRecordSet: awsResource('resourcrecordset') };
export const s3Rules: RulesByKind = { Bucket: awsResource('bucket') };

/** A package by its two conditions; both reasons are the message. */
function provider(object: JsonObject): HealthStatus {
  const installed = conditionOf(object, 'Installed');
  const fit = conditionOf(object, 'Healthy');
  const message = [installed?.reason, fit?.reason].filter((reason) => (reason ?? '') !== '').join(' ');
  if (installed === undefined && fit === undefined)
    return progressing('Waiting for provider to be installed');
  if (installed?.status === 'True' && fit?.status === 'True') return healthy(message);
  return installed?.status === 'False' || fit?.status === 'False' ? degraded(message) : progressing(message);
}

export const pkgCrossplaneRules: RulesByKind = { Provider: provider };
/** A stack keeps its conditions one level deeper, and says in their reasons how it is. */
function stackInstall(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object, 'status', 'conditionedStatus', 'conditions');
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined) return progressing('Waiting for stack to be installed');
  return ready.status === 'True' ? healthy(ready.reason) : progressing(ready.reason);
}

export const stacksRules: RulesByKind = { ClusterStackInstall: stackInstall };
