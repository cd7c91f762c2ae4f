import { arrayAt, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { degraded, healthy, progressing, type RulesByKind } from '../rule.ts';

/** A CronJob by its last run: scheduled but never successful since means that the run failed. */
function cronJob(object: JsonObject): HealthStatus {
  const scheduled = stringAt(object, 'status', 'lastScheduleTime');
  const succeeded = stringAt(object, 'status', 'lastSuccessfulTime');
  if (valueAt(object, 'spec', 'suspend') === true) return healthy('CronJob is suspended');
  if (arrayAt(object, 'status', 'active').length > 0) return progressing('CronJob has active jobs');
  if (scheduled === undefined) return healthy('CronJob has not been scheduled yet');
  return succeeded !== undefined && succeeded >= scheduled
    ? healthy('CronJob has completed its last execution successfully')
    : degraded('CronJob has not completed its last execution successfully');
}

export const batchRules: RulesByKind = { CronJob: cronJob };
