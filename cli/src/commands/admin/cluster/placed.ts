import { asJson, hasCode, valueAt } from '@tiphys/model';
import { SHARDING_METHODS, shardsOf } from '@tiphys/sharding';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { UNKNOWN, readFacts, type ClusterFacts } from './cluster-facts.ts';
import { namespacesOf, readClusters, readDeployed, type DeclaredCluster } from './clusters.ts';
import type { StatsValues } from './redis-flags.ts';

/** A cluster with the shard that serves it and what is known of it. */
export interface PlacedCluster extends ClusterFacts {
  readonly server: string;
  readonly shard: number;
  /** Namespaces that Applications deploy to. */
  readonly namespaces: number;
}

const CONTROLLER = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  namespaced: true,
  verbs: ['get'],
};
const CONTROLLER_NAME = 'argocd-application-controller';

/** The clusters, of one shard where one is asked for. */
export async function readPlaced(
  invocation: Invocation,
  cluster: OwnCluster,
  flags: StatsValues,
): Promise<readonly PlacedCluster[]> {
  const clusters = await readClusters(cluster);
  const deployed = await readDeployed(cluster, clusters);
  const shards = await placed(cluster, clusters, flags, (server) => deployed.get(server)?.length ?? 0);
  const shown = clusters.filter(({ server }) => flags.shard < 0 || shards.get(server) === flags.shard);
  const facts = await readFacts(invocation, cluster, { flags, servers: shown.map(({ server }) => server) });
  return shown.map(({ server }) => ({
    server,
    shard: shards.get(server) ?? 0,
    namespaces: namespacesOf(deployed.get(server)).length,
    ...(facts.get(server) ?? UNKNOWN),
  }));
}

async function placed(
  cluster: OwnCluster,
  clusters: readonly DeclaredCluster[],
  flags: StatsValues,
  applicationsAt: (server: string) => number,
): Promise<ReadonlyMap<string, number>> {
  const method = SHARDING_METHODS.find((name) => name === flags['sharding-method']);
  if (method === undefined)
    throw new Failure(
      `--sharding-method ${flags['sharding-method']}: it must be one of ${SHARDING_METHODS.join(', ')}.`,
    );
  const replicas = flags.replicas > 0 ? flags.replicas : await replicasOf(cluster);
  const subjects = clusters.map(({ server, id, shard }) => ({
    server,
    id,
    applications: applicationsAt(server),
    ...(shard === undefined ? {} : { shard }),
  }));
  return shardsOf(subjects, { method, replicas });
}

async function replicasOf({ api, namespace }: OwnCluster): Promise<number> {
  try {
    const controller = await api.get(CONTROLLER, { namespace, name: CONTROLLER_NAME });
    const replicas = Number(valueAt(asJson(controller), 'spec', 'replicas') ?? 1);
    return Math.max(1, replicas);
  } catch (error) {
    if (hasCode(error, 'not-found') || hasCode(error, 'permission-denied')) return 1;
    throw error;
  }
}
