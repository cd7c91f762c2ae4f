export { sharedKubeEnv } from './shared.ts';
export { KubeAccess, type ObjectRef, type TestNamespace } from './access.ts';
export { KubeClient, type KubeRequest, type KubeResponse } from './client.ts';
export type { ServerName } from './control-plane.ts';
export { KubeEnv, startKubeEnv, type KubeEnvOptions } from './kube-env.ts';
export { kubeconfigOf, type KubeConnection } from './kubeconfig.ts';
export type { ObjectLike } from './resource-paths.ts';
