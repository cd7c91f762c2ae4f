import { arrayAt, isJsonObject, stringAt, valueAt, type JsonValue } from '@tiphys/model';
import { byConditions, reasonOf } from '../condition-table.ts';
import { conditionOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { byPhase, samePhase } from '../phase.ts';
import { degraded, healthy, progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const zalando: HealthRule = byPhase({
  path: ['status', 'PostgresClusterStatus'],
  phases: {
    Running: ['Healthy', samePhase],
    CreateFailed: ['Degraded', samePhase],
    UpdateFailed: ['Degraded', samePhase],
    SyncFailed: ['Degraded', samePhase],
    Invalid: ['Degraded', samePhase],
  },
  absent: ['Progressing', 'Waiting for postgres cluster status...'],
  otherwise: ['Progressing', samePhase],
});

/** Racks whose members aren't all ready are waited for. */
const cassandra: HealthRule = (object) => {
  const racks = Object.values(valueAt(object, 'status', 'racks') ?? {}) as readonly JsonValue[];
  const isReady =
    racks.length > 0 && racks.every((rack) => countAt(rack, 'readyMembers') === countAt(rack, 'members'));
  return isReady ? healthy() : progressing('Waiting for Cassandra Cluster');
};

const clickhouse = (name: string): HealthRule =>
  byPhase({
    path: ['status', 'status'],
    phases: {
      Completed: ['Healthy', `${name} installation completed successfully`],
      InProgress: ['Progressing', `${name} installation in progress`],
    },
    absent: ['Progressing', `${name} status not yet available`],
    otherwise: ['Degraded', (_object, phase) => `${name} status: ${phase}`],
  });

const atlas: HealthRule = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy', message: reasonOf },
    {
      type: 'Ready',
      status: 'False',
      reason: ['Reconciling', 'GettingDevDB', 'VerifyingFirstRun'],
      gives: 'Progressing',
      message: reasonOf,
    },
    { type: 'Ready', status: 'False', gives: 'Degraded', message: reasonOf },
  ],
  otherwise: progressing('Waiting for reconciliation'),
});

const broken = [
  'Failing over',
  'Unable to create required cluster objects',
  'Cluster cannot proceed to reconciliation',
  'Cluster has incomplete or invalid image catalog',
  'Cluster cannot execute instance online upgrade',
  'Not enough disk space',
  'Cluster is unrecoverable',
];

/** Waits, in words; a database at rest or put to rest on purpose is suspended. */
const cloudNativePg: HealthRule = (object) => {
  if (stringAt(object, 'metadata', 'annotations', 'cnpg.io/reconciliationLoop') === 'disabled') {
    return suspended('Cluster reconciliation is suspended');
  }
  const hibernation = conditionOf(object, 'cnpg.io/hibernation');
  if (hibernation?.status === 'True') return suspended(hibernation.message);
  const phase = stringAt(object, 'status', 'phase') ?? '';
  const reason = stringAt(object, 'status', 'phaseReason');
  if (phase === 'Cluster in healthy state') return healthy(reason);
  if (phase === '') return progressing('Waiting for status to be available');
  return broken.some((text) => phase.startsWith(text)) ? degraded(reason) : progressing(reason);
};

const solr: HealthRule = (object) => {
  if (!isJsonObject(object['status'])) return progressing('Waiting for solr to exist');
  const nodes = arrayAt(object, 'status', 'solrNodes');
  return nodes.length > 0 && nodes.every((node) => valueAt(node, 'ready') === true)
    ? healthy('Solr is ready')
    : progressing('Not all replicas are ready');
};

const zookeeper: HealthRule = (object) => {
  const unready = arrayAt(object, 'status', 'members', 'unready').length;
  const isFull = countAt(object, 'status', 'readyReplicas') === countAt(object, 'status', 'replicas');
  if (!isJsonObject(object['status'])) return progressing('Waiting for ZK cluster status');
  return unready === 0 && isFull
    ? healthy('All ZK Nodes have joined the ensemble')
    : progressing('ZK Nodes in progress of joining ensemble');
};

/** Database operators. */
export const databasesRules: Readonly<Record<string, RulesByKind>> = {
  'acid.zalan.do': { postgresql: zalando },
  'cassandra.rook.io': { Cluster: cassandra },
  'clickhouse-keeper.altinity.com': { ClickHouseKeeperInstallation: clickhouse('ClickHouseKeeper') },
  'clickhouse.altinity.com': { ClickHouseInstallation: clickhouse('ClickHouse') },
  'db.atlasgo.io': { AtlasMigration: atlas, AtlasSchema: atlas },
  'postgresql.cnpg.io': { Cluster: cloudNativePg },
  'solr.apache.org': { SolrCloud: solr },
  'zookeeper.pravega.io': { ZookeeperCluster: zookeeper },
};
