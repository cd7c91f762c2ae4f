import { arrayAt, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, suspended, unknown, type RulesByKind } from '../rule.ts';

const phaseOf = (object: JsonObject): string => stringAt(object, 'status', 'phase') ?? '';

function cluster(object: JsonObject): HealthStatus {
  if (valueAt(object, 'spec', 'paused') === true) return suspended('Cluster is paused');
  const ready = conditionOf(object, 'Ready');
  if (phaseOf(object) === 'Provisioned' && ready?.status === 'True') return healthy('Cluster is running');
  if (phaseOf(object) === 'Failed' || ready?.status === 'False') return degraded(ready?.message);
  return progressing('Waiting for clusters');
}

function machine(object: JsonObject): HealthStatus {
  const failed = conditionsOf(object).find(({ status }) => status === 'False');
  switch (phaseOf(object)) {
    case 'Running':
      return failed === undefined ? healthy('Machine is running') : degraded(failed.message);
    case 'Failed':
      return degraded(failed?.message ?? 'Machine is failed');
    default:
      return progressing('Waiting for machines');
  }
}

function machineDeployment(object: JsonObject): HealthStatus {
  if (valueAt(object, 'spec', 'paused') === true) return suspended('MachineDeployment is paused');
  switch (phaseOf(object)) {
    case 'Running':
      return healthy('Machines are running under this deployment');
    case 'ScalingUp':
      return progressing('Cluster is spawning machines');
    case 'ScalingDown':
      return progressing('Cluster is stopping machines');
    case 'Failed':
      return degraded('MachineDeployment is failed');
    default:
      return progressing('Waiting for machines');
  }
}

function machineHealthCheck(object: JsonObject): HealthStatus {
  const expected = valueAt(object, 'status', 'expectedMachines');
  if (expected === undefined) return progressing('Waiting for healthy machines');
  return countAt(object, 'status', 'currentHealthy') >= countAt(object, 'status', 'expectedMachines')
    ? healthy()
    : degraded();
}

function machinePool(object: JsonObject): HealthStatus {
  const phase = phaseOf(object);
  const missing = conditionsOf(object)
    .filter(({ status }) => status === 'False')
    .map(({ type, reason }) => `Not ${type} (${reason})`);
  const message = `MachinePool is ${phase}${missing.length > 0 ? `: ${missing.join(', ')}` : ''}`;
  if (['Running', 'Scaling', 'ScalingUp', 'ScalingDown'].includes(phase)) return healthy(message);
  if (['Pending', 'Provisioning', 'Provisioned', 'Deleting'].includes(phase)) return progressing(message);
  if (phase === 'Failed') return degraded(message);
  return phase === '' ? progressing('Waiting for MachinePool') : unknown(message);
}

export const clusterApiRules: RulesByKind = {
  Cluster: cluster,
  Machine: machine,
  MachineDeployment: machineDeployment,
  MachineHealthCheck: machineHealthCheck,
  MachinePool: machinePool,
};

export const clusterAddonRules: RulesByKind = {
  ClusterResourceSet: byConditions({
    rows: [
      { type: 'ResourcesApplied', status: 'True', gives: 'Healthy' },
      { type: 'ResourcesApplied', status: 'False', gives: 'Degraded' },
    ],
    otherwise: progressing('Waiting for resources to be applied'),
  }),
};

/** A control plane is degraded by errors among its conditions; what merely informs doesn't count. */
function awsControlPlane(object: JsonObject): HealthStatus {
  const ready = conditionOf(object, 'Ready');
  if (ready === undefined) return progressing('Waiting for control plane');
  if (ready.status === 'True') return healthy('Control plane is ready');
  const errors = arrayAt(object, 'status', 'conditions').filter(
    (condition) => stringAt(condition, 'status') === 'False' && stringAt(condition, 'severity') === 'Error',
  );
  if (errors.length === 0) return progressing('Waiting for control plane');
  return degraded(errors.map((condition) => `${stringAt(condition, 'message') ?? ''} `).join(''));
}

export const controlPlaneRules: RulesByKind = { AWSManagedControlPlane: awsControlPlane };
