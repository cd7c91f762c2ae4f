import { compileGlob } from '@tiphys/glob';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import type { Terminal } from '../../../output/terminal.ts';
import { namespacesOf, readClusters, readDeployed, type DeclaredCluster } from './clusters.ts';

/** The keys of a cluster's secret that limit it to namespaces; undefined leaves the cluster as it is. */
export type Limit = (cluster: DeclaredCluster, used: readonly string[]) => LimitKeys | undefined;

export interface LimitKeys {
  /** Empty for all namespaces. */
  readonly namespaces: readonly string[];
  readonly clusterResources: boolean;
}

const MANAGER = 'argocd';

/** Limits clusters, by a pattern of their addresses, and tells what it did of each. */
export async function limitClusters(
  cluster: OwnCluster,
  { pattern, limit, dryRun }: { readonly pattern: string; readonly limit: Limit; readonly dryRun: boolean },
  out: Terminal,
): Promise<void> {
  const isMeant = compileGlob(pattern) ?? (() => false);
  const clusters = await readClusters(cluster);
  const deployed = await readDeployed(cluster, clusters);
  for (const one of clusters.filter(({ server }) => isMeant(server))) {
    const keys = limit(one, namespacesOf(deployed.get(one.server)));
    if (keys === undefined) continue;
    if (one.secret === undefined) {
      out.line(`cluster ${one.server} has no secret that could be changed: declare it first`);
      continue;
    }
    if (!dryRun) await write(cluster, one.secret, keys);
    const names = keys.namespaces.length === 0 ? 'all namespaces' : keys.namespaces.join(', ');
    out.line(`cluster ${one.server}: ${names}${dryRun ? ' (dry run)' : ''}`);
  }
}

async function write(
  { api }: OwnCluster,
  secret: NonNullable<DeclaredCluster['secret']>,
  { namespaces, clusterResources }: LimitKeys,
): Promise<void> {
  const { name = '', namespace = '', resourceVersion = '' } = secret.metadata;
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const body = {
    metadata: { resourceVersion },
    data: {
      namespaces: namespaces.length === 0 ? null : encoded(namespaces.join(',')),
      clusterResources: clusterResources ? encoded('true') : null,
    },
  };
  await api.patch(ownKinds.secret, { name, namespace }, { type: 'merge', body, fieldManager: MANAGER });
}
