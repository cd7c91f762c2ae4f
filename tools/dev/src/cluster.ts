import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { TiphysError } from '@tiphys/model';
import { KubeAccess, startKubeEnv } from '@tiphys/testing/kube-env';

export interface Cluster {
  readonly kube: KubeAccess;
  /** Whether it is the user's own: then it outlives us, and what we made there must be removed. */
  readonly isGiven: boolean;
  close(): Promise<void>;
}

/** The cluster of a kubeconfig, or without one a new cluster with everything real but the nodes. */
export async function openCluster(
  kubeconfig: string | undefined,
  onProgress: (line: string) => void,
): Promise<Cluster> {
  if (kubeconfig !== undefined) {
    const kube = await accessOf(kubeconfig);
    await kube.request('GET', '/version');
    return { kube, isGiven: true, close: () => kube.close() };
  }
  const kube = await startKubeEnv({ onProgress });
  return { kube, isGiven: false, close: () => kube.stop() };
}

/** Access by the current context of a kubeconfig, whatever way of logging in it uses. */
async function accessOf(path: string): Promise<KubeAccess> {
  const config = new KubeConfig();
  config.loadFromFile(path);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new TiphysError('invalid', `${path} has no current context with a cluster`);
  const login: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(login);
  const caPem =
    text(login.ca) ?? (cluster.caFile === undefined ? undefined : readFileSync(cluster.caFile, 'utf8'));
  if (caPem === undefined)
    throw new TiphysError('invalid', `${path}: the cluster names no certificate authority`);
  const certPem = text(login.cert);
  const keyPem = text(login.key);
  const token = /^Bearer (.+)$/.exec(
    text(Object.entries(login.headers ?? {}).find(([name]) => name === 'Authorization')?.[1]) ?? '',
  )?.[1];
  return new KubeAccess(
    {
      apiUrl: cluster.server,
      caPem,
      ...(certPem === undefined || keyPem === undefined ? {} : { certPem, keyPem }),
      ...(token === undefined ? {} : { token }),
    },
    { kubeconfigPath: path, hasControllers: true },
  );
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}
