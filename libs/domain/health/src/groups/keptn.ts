import { stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byPhase } from '../phase.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const byStatus = (kind: string, field: string): HealthRule =>
  byPhase({
    path: ['status', field],
    phases: { Succeeded: ['Healthy', `${kind} is healthy`], Failed: ['Degraded', `${kind} is degraded`] },
    otherwise: ['Progressing', `${kind} is progressing`],
  });

function metric(object: JsonObject): HealthStatus {
  const value = valueAt(object, 'status', 'value');
  if ((stringAt(object, 'status', 'errMsg') ?? '') !== '') return degraded('KeptnMetric is degraded');
  return value === undefined || value === null || value === ''
    ? progressing('KeptnMetric is progressing')
    : healthy('KeptnMetric is healthy');
}

function analysis(object: JsonObject): HealthStatus {
  if (stringAt(object, 'status', 'state') !== 'Completed') return progressing('Analysis is progressing');
  if (valueAt(object, 'status', 'pass') === true) return healthy('Analysis is healthy');
  return valueAt(object, 'status', 'warning') === true
    ? healthy('Analysis is healthy with warnings')
    : degraded('Analysis is degraded');
}

export const keptnRules: RulesByKind = {
  KeptnAppVersion: byStatus('KeptnAppVersion', 'status'),
  KeptnEvaluation: byStatus('KeptnEvaluation', 'overallStatus'),
  KeptnTask: byStatus('KeptnTask', 'status'),
  KeptnWorkloadInstance: byStatus('KeptnWorkloadInstance', 'status'),
  KeptnWorkloadVersion: byStatus('KeptnWorkloadVersion', 'status'),
};
export const keptnMetricRules: RulesByKind = { Analysis: analysis, KeptnMetric: metric };
