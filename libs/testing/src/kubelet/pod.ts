import type { KubeAccess } from '../kube-env/index.ts';

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Value of the label `app.kubernetes.io/name`. */
  readonly app: string;
  /** Default true. */
  readonly ready?: boolean;
}

/** Writes a pod that runs on a node, as a kubelet would report it. The cluster needs no controllers. */
export async function writeRunningPod(kube: KubeAccess, pod: RunningPod): Promise<void> {
  const { namespace, name, node, app, ready = true } = pod;
  await kube.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
    namespace,
  );
  await kube.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/name': app } },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'example.com/main' }],
    },
  });
  await kube.send({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
    contentType: 'application/merge-patch+json',
    body: {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    },
  });
}
