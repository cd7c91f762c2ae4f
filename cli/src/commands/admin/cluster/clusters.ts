import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  configNames,
  hasCode,
  labels,
  secretTypes,
  asJson,
  stringAt,
  type KubeObject,
} from '@tiphys/model';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { scopeOf } from '../backup/scope.ts';
import { dataOf, type Data } from '../read-object.ts';

/** A destination of the control plane. */
export interface DeclaredCluster {
  readonly server: string;
  readonly name: string;
  /** UID of its secret; empty for the control plane's own cluster where no secret declares it. */
  readonly id: string;
  readonly shard?: number;
  /** Namespaces that it is limited to; none for all. */
  readonly namespaces: readonly string[];
  readonly secret: KubeObject | undefined;
  readonly data: Data;
}

/** Where an Application deploys to. */
export interface Deployed {
  readonly namespace: string;
}

/** The clusters by their addresses, the control plane's own among them unless that is switched off. */
export async function readClusters(cluster: OwnCluster): Promise<readonly DeclaredCluster[]> {
  const { api, namespace } = cluster;
  const labelSelector = `${labels.secretType}=${secretTypes.cluster}`;
  const { items } = await api.list(ownKinds.secret, { namespace, labelSelector });
  const declared = items.map(clusterOf).filter(({ server }) => server !== '');
  const hasOwn = declared.some(({ server }) => server === IN_CLUSTER_SERVER) || !(await isOwnServed(cluster));
  const own = { server: IN_CLUSTER_SERVER, name: IN_CLUSTER_NAME, id: '', namespaces: [], data: {} };
  return [...declared, ...(hasOwn ? [] : [{ ...own, secret: undefined }])].sort((a, b) =>
    a.server < b.server ? -1 : 1,
  );
}

async function isOwnServed({ api, namespace }: OwnCluster): Promise<boolean> {
  try {
    const map = dataOf(await api.get(ownKinds.configMap, { namespace, name: configNames.cm }));
    return map['cluster.inClusterEnabled'] !== 'false';
  } catch (error) {
    if (hasCode(error, 'not-found')) return true;
    throw error;
  }
}

function clusterOf(secret: KubeObject): DeclaredCluster {
  const data = dataOf(secret);
  const server = (data['server'] ?? '').trim().replace(/\/+$/, '');
  const shard = Number.parseInt(data['shard'] ?? '', 10);
  return {
    server,
    name: data['name'] || server,
    id: secret.metadata.uid ?? '',
    ...(Number.isSafeInteger(shard) ? { shard } : {}),
    namespaces: (data['namespaces'] ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    secret,
    data,
  };
}

/** The destinations of all Applications, by the address of their cluster. */
export async function readDeployed(
  cluster: OwnCluster,
  clusters: readonly DeclaredCluster[],
): Promise<ReadonlyMap<string, readonly Deployed[]>> {
  const apps = await readApps(cluster);
  const servers = new Map(clusters.map(({ name, server }) => [name, server]));
  const deployed = new Map<string, Deployed[]>();
  for (const app of apps) {
    const at = (key: string): string => stringAt(asJson(app), 'spec', 'destination', key) ?? '';
    const server = at('server').replace(/\/+$/, '') || (servers.get(at('name')) ?? '');
    deployed.set(server, [...(deployed.get(server) ?? []), { namespace: at('namespace') }]);
  }
  return deployed;
}

/**
 * The Applications of this control plane: another one of the same cluster has its own. Who may not see all namespaces may
 * see that of the control plane; where the kind is not served there are none.
 */
async function readApps(cluster: OwnCluster): Promise<readonly KubeObject[]> {
  const { api, namespace } = cluster;
  const scope = await scopeOf(cluster, { 'application-namespaces': [], 'applicationset-namespaces': [] });
  try {
    const { items } = await api.list(ownKinds.application, scope.isWide ? {} : { namespace });
    return items.filter(({ metadata }) => scope.isForApplications(metadata.namespace ?? ''));
  } catch (error) {
    if (hasCode(error, 'not-found')) return [];
    if (!hasCode(error, 'permission-denied') || !scope.isWide) throw error;
    return (await api.list(ownKinds.application, { namespace })).items;
  }
}

/** Different namespaces, sorted. */
export const namespacesOf = (deployed: readonly Deployed[] = []): readonly string[] =>
  [...new Set(deployed.map(({ namespace }) => namespace))].filter((name) => name !== '').sort();
