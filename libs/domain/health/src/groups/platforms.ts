import { arrayAt, stringAt, valueAt } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { byPhase, messageAt } from '../phase.ts';
import { degraded, healthy, progressing, unknown, type HealthRule, type RulesByKind } from '../rule.ts';

const integration: HealthRule = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', reason: ['DeploymentProgressing', 'Building'], gives: 'Progressing' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Integration is still initializing'),
});

const shoot: HealthRule = (object) => {
  const label = stringAt(object, 'metadata', 'labels', 'shoot.gardener.cloud/status');
  switch (label) {
    case 'healthy':
      return healthy('Component state: Healthy');
    case 'progressing':
      return progressing('Component state: Progressing');
    case 'unhealthy':
      return degraded('Component state: Unhealthy');
    case undefined:
      return progressing('Component state: Progressing');
    default:
      return unknown(`Component state: ${label}`);
  }
};

const spinApp: HealthRule = (object) => {
  const failed = conditionsOf(object).find(({ type, status }) => type === 'Available' && status === 'False');
  if (failed !== undefined) return degraded(failed.message);
  const wanted = countAt(object, 'spec', 'replicas');
  const count = countAt(object, 'status', 'readyReplicas');
  const isAvailable = conditionOf(object, 'Available')?.status === 'True';
  return isAvailable && count >= wanted
    ? healthy(`Application is healthy with ${count}/${wanted} replicas ready`)
    : progressing(`Waiting for replicas: ${count}/${wanted} ready`);
};

const flink: HealthRule = (object) => {
  const deployed = stringAt(object, 'status', 'jobManagerDeploymentStatus');
  const success = valueAt(object, 'status', 'reconciliationStatus', 'success');
  const state = stringAt(object, 'status', 'reconciliationStatus', 'state');
  if (success === false || deployed === 'ERROR') return degraded(stringAt(object, 'status', 'error'));
  if (deployed === 'DEPLOYED_NOT_READY' || deployed === 'DEPLOYING')
    return progressing('Waiting for deploying');
  return deployed === 'READY' && (success === true || state === 'DEPLOYED' || state === 'STABLE')
    ? healthy()
    : progressing('Waiting for Flink operator');
};

/** A stalled function is broken; one without pods sleeps. */
const openFaas: HealthRule = byConditions({
  rows: [
    { type: 'Stalled', status: 'True', gives: 'Degraded' },
    { type: 'Healthy', status: 'False', gives: 'Suspended', message: 'No replicas available' },
    { type: 'Ready', status: 'True', gives: 'Healthy' },
  ],
  otherwise: progressing('Waiting for Function'),
});

const sap: HealthRule = (object) => {
  if (stringAt(object, 'metadata', 'deletionTimestamp') !== undefined)
    return progressing('Resource is being deleted');
  const conditions = arrayAt(object, 'status', 'conditions');
  if (conditions.length === 0) return progressing('Waiting for status');
  const generation = countAt(object, 'metadata', 'generation');
  if (conditions.some((condition) => countAt(condition, 'observedGeneration') !== generation)) {
    return progressing('Waiting for spec update to be observed');
  }
  const failed = conditionOf(object, 'Failed');
  if (failed?.status === 'True') return degraded(failed.message);
  return conditionOf(object, 'Ready')?.status === 'True'
    ? healthy('Ready to use')
    : progressing('Waiting for the resource to be ready');
};

const spark: HealthRule = (object) => {
  switch (stringAt(object, 'status', 'applicationState', 'state')) {
    case 'SUBMITTED':
      return progressing('SparkApplication was submitted successfully');
    case 'COMPLETED':
      return healthy('SparkApplication was Completed');
    case 'RUNNING':
      return healthy('SparkApplication is Running');
    case 'PENDING_RERUN':
      return progressing('SparkApplication is Pending Rerun');
    case 'FAILED':
    case 'SUBMISSION_FAILED':
    case 'FAILING':
      return degraded(stringAt(object, 'status', 'applicationState', 'errorMessage'));
    default:
      return progressing('SparkApplication is initializing');
  }
};

const spotDeployment: HealthRule = byPhase({
  phases: {
    Healthy: ['Healthy', messageAt('status', 'message')],
    Paused: ['Suspended', (object) => conditionOf(object, 'Progressing')?.message ?? ''],
    Degraded: ['Degraded', (object) => conditionOf(object, 'Progressing')?.message ?? ''],
    Progressing: ['Progressing', messageAt('status', 'message')],
  },
  otherwise: ['Progressing', 'Waiting for SpotDeployment'],
});

const knownJobs = ['new', 'pending', 'waiting', 'running'];

const ansibleJob: HealthRule = (object) => {
  const status = stringAt(object, 'status', 'ansibleJobResult', 'status');
  if (status === undefined) return progressing('Waiting for AnsibleJob');
  const message = `${status} job - ${stringAt(object, 'status', 'ansibleJobResult', 'url') ?? ''}`;
  if (status === 'successful') return healthy(message);
  return knownJobs.includes(status) ? progressing(message) : degraded(message);
};

/** A binding by the health of the object in each cluster it was sent to. */
const binding: HealthRule = (object) => {
  const isDone =
    conditionOf(object, 'Scheduled')?.status === 'True' &&
    conditionOf(object, 'FullyApplied')?.status === 'True';
  const clusters = arrayAt(object, 'status', 'aggregatedStatus');
  if (!isDone || clusters.length === 0) return progressing('Current resource status is insufficient');
  const isBad = clusters.some(
    (cluster) => stringAt(cluster, 'health') === 'Unhealthy' || valueAt(cluster, 'applied') !== true,
  );
  return isBad ? degraded('Current resource status is unhealthy') : healthy();
};

/** Clusters, clouds and what runs on them. */
export const platformsRules: Readonly<Record<string, RulesByKind>> = {
  'camel.apache.org': { Integration: integration },
  'core.gardener.cloud': { Shoot: shoot },
  'core.spinkube.dev': { SpinApp: spinApp },
  'flink.apache.org': { FlinkDeployment: flink },
  'openfaas.com': { Function: openFaas },
  'services.cloud.sap.com': { ServiceBinding: sap, ServiceInstance: sap },
  'sparkoperator.k8s.io': { SparkApplication: spark },
  'spot.io': { SpotDeployment: spotDeployment },
  'tower.ansible.com': { AnsibleJob: ansibleJob },
  'work.karmada.io': { ClusterResourceBinding: binding, ResourceBinding: binding },
};
