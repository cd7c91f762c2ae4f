import { stringAt, valueAt } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf } from '../conditions.ts';
import { isGenerationStale } from '../numbers.ts';
import { byPhase } from '../phase.ts';
import { degraded, healthy, progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const coralogix: HealthRule = byConditions({
  rows: [
    { type: 'RemoteSynced', status: 'True', gives: 'Healthy', message: 'Resource is ready' },
    { type: 'RemoteSynced', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for status to be updated'),
});

const datadogMetric: HealthRule = (object) => {
  const error = conditionOf(object, 'Error');
  return error?.status === 'True'
    ? degraded(`${error.reason}: ${error.message}`)
    : healthy('DatadogMetric is healthy');
};

const jaeger: HealthRule = byPhase({
  phases: {
    Running: ['Healthy', 'Jaeger is Running'],
    Failed: ['Degraded', 'Jaeger Failed For Some Reason'],
  },
  otherwise: ['Progressing', 'Waiting for Jaeger'],
});

const kiali: HealthRule = byConditions({
  rows: [
    { type: 'Failure', status: 'True', gives: 'Degraded' },
    { type: 'Successful', status: 'True', gives: 'Healthy' },
    { type: 'Running', status: 'True', reason: 'Successful', gives: 'Healthy' },
    { type: 'Running', status: 'True', gives: 'Progressing' },
  ],
  otherwise: progressing('Waiting for Kiali'),
});

const prometheus: HealthRule = byConditions({
  rows: [
    { type: 'Available', status: 'True', gives: 'Healthy', message: 'All instances are available' },
    { type: 'Available', status: 'Degraded', gives: 'Degraded' },
    { type: 'Available', status: 'False', gives: 'Degraded' },
    { type: 'Reconciled', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for initialization'),
});

const collector: HealthRule = (object) => {
  const [count = '', total = ''] = (stringAt(object, 'status', 'scale', 'statusReplicas') ?? '').split('/');
  if (total === '') return progressing('Waiting for the collector to be deployed');
  if (total === '0') return healthy('DaemonSet has no eligible nodes (0/0)');
  if (count === total) return healthy('All replicas are ready');
  return count === '0' ? degraded('No replicas are ready') : progressing('Replicas are starting up');
};

const victoriaMetrics: HealthRule = (object) => {
  if (valueAt(object, 'spec', 'paused') === true) return suspended('Reconciliation is paused');
  if (isGenerationStale(object)) return progressing('Waiting for the operator to reconcile');
  switch (stringAt(object, 'status', 'updateStatus')) {
    case 'operational':
      return healthy('All components are operational');
    case 'expanding':
      return progressing('Reconciliation in progress');
    case 'paused':
      return suspended('Reconciliation is paused');
    case 'failed':
      return degraded(stringAt(object, 'status', 'reason') ?? 'Reconciliation failed');
    default:
      return progressing('Waiting for the operator to reconcile');
  }
};

/** Metrics, traces and alerts. */
export const observabilityRules: Readonly<Record<string, RulesByKind>> = {
  'coralogix.com': { Alert: coralogix, RecordingRuleGroupSet: coralogix },
  'datadoghq.com': { DatadogMetric: datadogMetric },
  'jaegertracing.io': { Jaeger: jaeger },
  'kiali.io': { Kiali: kiali },
  'monitoring.coreos.com': { Prometheus: prometheus },
  'opentelemetry.io': { OpenTelemetryCollector: collector },
  'operator.victoriametrics.com': { '*': victoriaMetrics },
};
