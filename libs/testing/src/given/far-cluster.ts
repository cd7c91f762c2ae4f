import { labels } from '@tiphys/model';
import { startKubeEnv, type KubeEnv, type KubeEnvOptions } from '../kube-env/index.ts';
import type { World } from './world.ts';

/** A further cluster that Tiphys may do everything in. */
export interface FarCluster {
  readonly kube: KubeEnv;
  /** As its secret names it. */
  readonly name: string;
  readonly server: string;
  /** A namespace there. */
  readonly target: string;
  stop(): Promise<void>;
}

const ACCOUNT = { name: 'tiphys-manager', namespace: 'kube-system' };

/** Starts a cluster without nodes; `joinCluster` makes it a destination. */
export async function startFarCluster(name: string, options: KubeEnvOptions = {}): Promise<FarCluster> {
  const kube = await startKubeEnv({ scheduler: false, kwok: false, ...options });
  try {
    const target = (await kube.createNamespace('far')).name;
    await kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: ACCOUNT.name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
    } as never);
    return { kube, name, server: kube.apiUrl, target, stop: () => kube.stop() };
  } catch (error) {
    await kube.stop();
    throw error;
  }
}

/** Adds a cluster to the destinations of a world. `keys` of its secret, such as `shard`, win. */
export async function joinCluster(
  world: World,
  { kube, name, server }: FarCluster,
  keys: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bearerToken = await kube.createServiceAccountToken(ACCOUNT.namespace, ACCOUNT.name);
  const caData = Buffer.from(kube.caPem).toString('base64');
  const config = JSON.stringify({ bearerToken, tlsClientConfig: { caData } });
  await world.secret(name, { [labels.secretType]: 'cluster' }, { name, server, config, ...keys });
}
