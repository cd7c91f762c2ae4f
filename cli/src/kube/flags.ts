import type { FlagSet, FlagValues } from '../program/definition.ts';

const text = (describe: string, placeholder = 'string') => ({ kind: 'text', describe, placeholder }) as const;

/** How to reach the cluster, as for kubectl; all of them change what the kubeconfig says. */
export const kubeFlags = {
  namespace: { kind: 'text', short: 'n', describe: 'Namespace of the control plane' },
  kubeconfig: text('Kubeconfig in place of the usual one', 'file'),
  context: text('Context of the kubeconfig'),
  cluster: text('Cluster of the kubeconfig'),
  user: text('User of the kubeconfig'),
  server: text('Address of the Kubernetes API', 'url'),
  token: text('Bearer token'),
  username: text('User for basic authentication'),
  password: text('Password for basic authentication'),
  'client-certificate': text('Client certificate', 'file'),
  'client-key': text('Key of the client certificate', 'file'),
  'certificate-authority': text('Certificate of the authority', 'file'),
  'insecure-skip-tls-verify': { kind: 'switch', describe: "Don't verify the certificate of the cluster" },
  'tls-server-name': text('Name to verify in the certificate'),
  'proxy-url': text('HTTP proxy', 'url'),
  'disable-compression': { kind: 'switch', describe: 'Ask for uncompressed answers' },
  'request-timeout': { kind: 'text', default: '0', describe: 'Longest wait for one answer, such as 30s' },
  as: text('User whose rights to take on'),
  'as-group': { kind: 'list', describe: 'Group whose rights to take on' },
  'as-uid': text('UID to take on'),
} as const satisfies FlagSet;

export type KubeValues = FlagValues<typeof kubeFlags>;
