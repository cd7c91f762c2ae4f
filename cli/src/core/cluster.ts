import {
  makeKubeApi,
  loadKubeconfig,
  connectPodPort,
  findRunningPod,
  listenForPod,
} from '@tiphys/adapter-kube';
import type { KubeLogin, PodListener } from '@tiphys/adapter-kube';
import { isTiphysError } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { clock } from '../kube/clock.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import { environmentValue, type Env } from '../program/globals.ts';
import type { Globals } from '../program/global-flags.ts';
import type { Component } from './components.ts';

/** The cluster that the kubeconfig of the user names, opened. */
export interface UserCluster extends KubeLogin {
  readonly api: KubeApi;
}

/** Opens the cluster of the kubeconfig. The namespace is that of `ARGOCD_NAMESPACE`, else of the context. */
export async function openCluster(globals: Globals, env: Env): Promise<UserCluster> {
  const context = globals['kube-context'];
  try {
    const login = await loadKubeconfig({ clock, env, ...(context === undefined ? {} : { context }) });
    const api = await makeKubeApi(login.connection, { clock, userAgent: 'tiphys-cli' });
    return { ...login, namespace: environmentValue(env, 'NAMESPACE') ?? login.namespace, api };
  } catch (cause) {
    if (!isTiphysError(cause)) throw cause;
    throw new Failure(cause.message, { exitCode: exitCodes.general, cause });
  }
}

/** A local port whose connections go to a running pod of a component, chosen when each is opened. */
export const forwardTo = (
  { connection, api }: UserCluster,
  { names, port }: Component,
  { namespace, onFailure }: { readonly namespace: string; readonly onFailure: (error: unknown) => void },
): Promise<PodListener> =>
  listenForPod(async () => {
    const pod = await findRunningPod(api, { namespace, names });
    return connectPodPort(connection, { namespace, pod, port });
  }, onFailure);
