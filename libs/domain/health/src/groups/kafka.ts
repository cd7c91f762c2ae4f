import { isJsonObject, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { byPhase } from '../phase.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const strimzi = (name: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'NotReady', status: 'True', reason: 'Creating', gives: 'Progressing' },
      { type: 'NotReady', status: 'True', gives: 'Degraded' },
      { type: 'Ready', status: 'True', gives: 'Healthy', message: '' },
    ],
    otherwise: progressing(`Waiting for ${name}`),
  });

export const strimziRules: RulesByKind = {
  Kafka: strimzi('Kafka'),
  KafkaBridge: strimzi('KafkaBridge'),
  KafkaConnect: strimzi('Kafka Connect'),
  KafkaConnector: strimzi('KafkaConnector'),
  KafkaTopic: strimzi('Kafka Topic'),
  KafkaUser: strimzi('Kafka User'),
};

function banzaiCluster(object: JsonObject): HealthStatus {
  const state = stringAt(object, 'status', 'state') ?? '';
  if (state === 'ClusterReconciling') return progressing('Kafka Cluster is Reconciling.');
  if (state === 'ClusterRollingUpgrading') return progressing('Kafka Cluster is Rolling Upgrading.');
  const brokers = valueAt(object, 'status', 'brokersState');
  if (state !== 'ClusterRunning' || !isJsonObject(brokers)) return progressing('Waiting for KafkaCluster');
  const failed = Object.values(brokers).some((broker) => /(Failed|Error)$/.test(cruiseControlState(broker)));
  if (failed) return degraded('Kafka Brokers or CruiseControl are in Degraded State.');
  const inSync = Object.values(brokers).every(
    (broker) => stringAt(broker, 'configurationState') === 'ConfigInSync',
  );
  return inSync && stringAt(object, 'status', 'cruiseControlTopicStatus') === 'CruiseControlTopicReady'
    ? healthy('Kafka Brokers, CruiseControl and cluster are in Healthy State.')
    : progressing('Waiting for KafkaCluster');
}

const cruiseControlState = (broker: Parameters<typeof stringAt>[0]): string =>
  stringAt(broker, 'gracefulActionState', 'cruiseControlState') ?? '';

export const banzaiRules: RulesByKind = { KafkaCluster: banzaiCluster };

const component = (kind: string): HealthRule =>
  byPhase({
    phases: {
      RUNNING: ['Healthy', `${kind} running`],
      PROVISIONING: ['Progressing', `${kind} provisioning`],
    },
    absent: ['Progressing', `Waiting for ${kind}`],
    otherwise: ['Progressing', (_object, phase) => `${kind} ${phase.toLowerCase()}`],
  });

const created = byConditions({
  rows: [
    { type: 'platform.confluent.io/app-ready', status: 'False', gives: 'Degraded' },
    {
      type: 'platform.confluent.io/app-ready',
      status: 'True',
      gives: 'Healthy',
      message: 'Connector running',
    },
  ],
  otherwise: progressing('Waiting for Connector'),
});

function connector(object: JsonObject): HealthStatus {
  const failed = valueAt(object, 'status', 'failedTasksCount');
  if (typeof failed === 'number' && failed > 0) return degraded('Connector has failed tasks');
  return created(object);
}

export const confluentRules: RulesByKind = {
  Connect: component('Connect'),
  Connector: connector,
  ControlCenter: component('ControlCenter'),
  Kafka: component('Kafka'),
  KsqlDB: component('KsqlDB'),
  SchemaRegistry: component('SchemaRegistry'),
  Zookeeper: component('Zookeeper'),
};
