import { writeFile } from 'node:fs/promises';
import { clusterOfSecret } from '@tiphys/adapter-kube';
import { messageOf, type JsonObject } from '@tiphys/model';
import type { ClusterConfig } from '@tiphys/ports';
import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { formatDocument } from '../../../output/document.ts';
import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { present } from '../../repo/login-flags.ts';
import { readClusters } from './clusters.ts';

const PRIVATE = 0o600;

export const command = defineCommand({
  usage: 'CLUSTER_URL OUTPUT_PATH',
  args: { min: 2, max: 2 },
  description:
    'Writes a kubeconfig with which kubectl reaches a cluster as the control plane does. It holds the login in clear; the file is readable by you alone. OUTPUT_PATH - prints it.',
  flags: kubeFlags,
  examples: [
    {
      what: 'Look at a cluster with the eyes of the control plane',
      line: 'tiphys admin cluster kubeconfig https://10.0.0.1:6443 /tmp/kubeconfig -n argocd',
    },
  ],
  async run(invocation, { args: [server = '', path = ''], flags }) {
    const text = await withCluster(invocation, flags, async (cluster) => {
      const clusters = await readClusters(cluster);
      const found = clusters.find((one) => one.server === server.replace(/\/+$/, ''));
      if (found?.secret === undefined) throw missing(server, clusters.length, found !== undefined);
      return formatDocument(kubeconfigOf(clusterOfSecret(found.secret)), 'yaml');
    });
    if (path === '-') {
      invocation.out.write(text);
      return 0;
    }
    await writeFile(path, text, { mode: PRIVATE }).catch((cause: unknown) => {
      throw new Failure(`The file ${path} cannot be written: ${messageOf(cause)}`, {
        exitCode: exitCodes.general,
        cause,
      });
    });
    return 0;
  },
});

const missing = (server: string, count: number, isOwn: boolean): Failure =>
  new Failure(
    isOwn
      ? `No secret declares ${server}: the control plane reaches it by its own service account.`
      : `There is no cluster ${server}.`,
    {
      exitCode: exitCodes.general,
      hints: [`tiphys admin cluster namespaces shows addresses; there are ${String(count)} clusters.`],
    },
  );

function kubeconfigOf({ server, credentials }: ClusterConfig): JsonObject {
  const { tlsClientConfig: tls = {}, execProviderConfig: plugin } = credentials;
  const encoded = (pem: string | undefined) =>
    pem === undefined ? undefined : Buffer.from(pem).toString('base64');
  const cluster = present({
    server,
    'insecure-skip-tls-verify': tls.insecure,
    'tls-server-name': tls.serverName,
    'certificate-authority-data': encoded(tls.caData),
    'proxy-url': credentials.proxyUrl,
    'disable-compression': credentials.disableCompression,
  });
  const exec =
    plugin &&
    present({
      apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1',
      command: plugin.command,
      args: plugin.args,
      env: Object.entries(plugin.env ?? {}).map(([name, value]) => ({ name, value })),
      installHint: plugin.installHint,
      provideClusterInfo: plugin.provideClusterInfo,
      interactiveMode: 'Never',
    });
  const user = present({
    token: credentials.bearerToken,
    username: credentials.username,
    password: credentials.password,
    'client-certificate-data': encoded(tls.certData),
    'client-key-data': encoded(tls.keyData),
    exec,
  });
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: server, cluster }],
    users: [{ name: server, user }],
    contexts: [{ name: server, context: { cluster: server, user: server } }],
    'current-context': server,
  };
}
