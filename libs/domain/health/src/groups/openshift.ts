import { arrayAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, unknown, type RulesByKind } from '../rule.ts';

/** A DeploymentConfig by its rollout; being without pods on purpose is fine. */
function deploymentConfig(object: JsonObject): HealthStatus {
  const rolling = conditionOf(object, 'Progressing');
  const available = conditionOf(object, 'Available');
  if (rolling?.reason === 'NewReplicationControllerAvailable' && rolling.status === 'True') {
    return healthy('replication controller successfully rolled out');
  }
  const isDown = available?.status === 'False' && countAt(object, 'status', 'replicas') > 0;
  if (rolling?.status === 'False' || isDown) return degraded('Deployment config is degraded');
  return progressing('replication controller is waiting for pods to run');
}

export const openshiftAppsRules: RulesByKind = { DeploymentConfig: deploymentConfig };

export const openshiftOperatorRules: RulesByKind = {
  IngressController: byConditions({
    rows: [
      { type: 'Degraded', status: 'True', gives: 'Degraded' },
      { type: 'Progressing', status: 'True', gives: 'Progressing' },
      { type: 'Available', status: 'False', gives: 'Degraded' },
      { type: 'Available', status: 'True', gives: 'Healthy', message: 'IngressController is available' },
    ],
    otherwise: progressing('Status of IngressController is not known yet'),
  }),
};

export const openshiftStorageRules: RulesByKind = {
  StorageCluster: byConditions({
    rows: [
      { type: 'Degraded', status: 'True', gives: 'Degraded' },
      { type: 'Progressing', status: 'True', gives: 'Progressing' },
      { type: 'Available', status: 'True', gives: 'Healthy' },
      { type: 'Available', status: 'False', gives: 'Degraded' },
      { type: 'Available', gives: 'Unknown' },
    ],
    otherwise: progressing('Waiting for StorageCluster'),
  }),
};

export const openshiftRouteRules: RulesByKind = {
  Route: (object) => {
    const admitted = arrayAt(object, 'status', 'ingress').flatMap((ingress) =>
      conditionsOf(ingress, 'conditions'),
    );
    const refused = admitted.find(({ type, status }) => type === 'Admitted' && status === 'False');
    if (refused !== undefined) return degraded(refused.message);
    return admitted.some(({ type, status }) => type === 'Admitted' && status === 'True')
      ? healthy('Route is healthy')
      : progressing('Waiting for Route to be admitted');
  },
};

const bad = ['InstallPlanFailed', 'ResolutionFailed', 'CatalogSourcesUnhealthy', 'BundleUnpackFailed'];
const pending = ['InstallPlanPending', 'BundleUnpacking'];

/** A Subscription lists its conditions; an operator that can't be installed is degraded. */
function subscription(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object);
  const state = stringAt(object, 'status', 'state');
  const lines = conditions.map(({ type, status }, index) => `${index + 1}: ${type} | ${status}\n`).join('');
  const message = `${lines}.status.state ${state === undefined ? 'not yet known' : `is '${state}'`}\n`;
  const holds = (types: readonly string[]): boolean =>
    conditions.some(({ type, status }) => types.includes(type) && status === 'True');
  if (holds(bad)) return degraded(message);
  if (holds(pending) || state === undefined || state === 'UpgradePending') return progressing(message);
  return state === 'AtLatestKnown' || state === 'UpgradeAvailable' ? healthy(message) : unknown(message);
}

export const operatorsRules: RulesByKind = { Subscription: subscription };
