export { ApiStatus, isExpired, statusOf } from './api-error.ts';
export {
  basicAuthorization,
  bearerAuthorization,
  cachedAuthorization,
  noAuthorization,
  tokenFileAuthorization,
} from './auth.ts';
export type { Authorizer, ExpiringToken } from './auth.ts';
export { clusterOfSecret, inClusterConfig } from './cluster-secret.ts';
export type { Impersonation, KubeConnection, TlsSettings } from './connection.ts';
export { makeClusterConnector } from './connector.ts';
export type { ConnectorOptions } from './connector.ts';
export type { ExecPolicy } from './exec-credential.ts';
export { makeKubeApi } from './kube-api.ts';
export type { KubeApiOptions } from './kube-api.ts';
export type { KubeRequestEvent } from './transport.ts';
export { loadKubeconfig } from './kubeconfig.ts';
export { kubeconfigCredential } from './kubeconfig-exec.ts';
export type { ExecUser } from './kubeconfig-exec.ts';
export type { KubeLogin, KubeconfigOptions } from './kubeconfig.ts';
export { parseJson, stringifyJson } from './lossless-json.ts';
export type { ParseOptions } from './lossless-json.ts';
export type { ReflectorSettings } from './reflector-settings.ts';
export { connectPodPort } from './port-forward/pod-connection.ts';
export type { PodPort } from './port-forward/pod-connection.ts';
export { findRunningPod } from './port-forward/running-pod.ts';
export type { PodChoice } from './port-forward/running-pod.ts';
export { listenForPod } from './port-forward/listener.ts';
export type { PodListener } from './port-forward/listener.ts';
