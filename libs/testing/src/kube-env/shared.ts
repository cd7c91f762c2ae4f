import { KubeAccess } from './access.ts';
import { askBroker, brokerVariable } from './broker.ts';
import { startKubeEnv } from './kube-env.ts';

let shared: Promise<KubeAccess> | undefined;

/**
 * The cluster that all integration tests of a run share: work in a namespace of
 * your own (`createNamespace`), with cluster-wide names of your own. Never stop
 * it. A test that stops servers or counts requests starts its own environment.
 */
export function sharedKubeEnv(): Promise<KubeAccess> {
  shared ??= connectShared();
  return shared;
}

async function connectShared(): Promise<KubeAccess> {
  const socketPath = process.env[brokerVariable];
  if (socketPath === undefined) return startKubeEnv();
  const { connection, kubeconfigPath } = await askBroker(socketPath);
  return new KubeAccess(connection, { kubeconfigPath, hasControllers: true });
}
