import type { FlagSet, FlagValues } from './definition.ts';

/** Flags that every command takes. */
export const globalFlags = {
  server: { kind: 'text', describe: 'Address of the server, HOST[:PORT]' },
  'auth-token': { kind: 'text', describe: 'Token to authenticate with' },
  plaintext: { kind: 'switch', describe: 'Talk plain HTTP' },
  insecure: { kind: 'switch', describe: "Don't verify the certificate of the server" },
  'server-crt': {
    kind: 'text',
    describe: 'File with the certificate authority of the server',
    placeholder: 'file',
  },
  'client-crt': { kind: 'text', describe: 'File with a client certificate', placeholder: 'file' },
  'client-crt-key': {
    kind: 'text',
    describe: 'File with the key of the client certificate',
    placeholder: 'file',
  },
  header: {
    kind: 'list',
    short: 'H',
    describe: 'Header to send with every request, as `Name: value`',
    placeholder: 'header',
  },
  'argocd-context': { kind: 'text', describe: 'Context of the configuration file to use' },
  config: { kind: 'text', describe: 'Configuration file', placeholder: 'file' },
  'http-retry-max': {
    kind: 'integer',
    default: 0,
    describe: 'How often a read that failed on the way is repeated',
  },
  core: {
    kind: 'switch',
    describe: 'Use no server: work with the cluster of the kubeconfig, with its rights',
  },
  'port-forward': {
    kind: 'switch',
    describe: 'Reach the server by a port-forward to one of its pods',
  },
  'port-forward-namespace': {
    kind: 'text',
    describe: 'Namespace of the server for --port-forward, which it implies',
    placeholder: 'namespace',
  },
  'kube-context': { kind: 'text', describe: 'Context of the kubeconfig for --core and --port-forward' },
  'server-name': { kind: 'text', default: 'argocd-server', describe: 'What pods of the server are labelled' },
  'repo-server-name': {
    kind: 'text',
    default: 'argocd-repo-server',
    describe: 'What pods of the repo-server are labelled',
  },
  'redis-name': { kind: 'text', default: 'argocd-redis', describe: 'What pods of Redis are labelled' },
  'redis-haproxy-name': {
    kind: 'text',
    default: 'argocd-redis-ha-haproxy',
    describe: 'What pods of the proxy before Redis are labelled',
  },
  'controller-name': {
    kind: 'text',
    default: 'argocd-application-controller',
    hidden: true,
    describe: 'Accepted and not needed',
  },
  'redis-compress': { kind: 'text', default: 'gzip', hidden: true, describe: 'Accepted and not needed' },
  'prompts-enabled': {
    kind: 'maybe',
    describe: 'Ask before anything is removed (the configuration file may say so too)',
  },
  logformat: { kind: 'text', default: 'text', describe: 'How errors are written: text or json' },
  'grpc-web': { kind: 'switch', hidden: true, describe: 'Accepted and not needed: the client speaks HTTP' },
  'grpc-web-root-path': {
    kind: 'text',
    describe: 'Path under which the server answers',
    placeholder: 'path',
  },
  loglevel: { kind: 'text', hidden: true, describe: 'Accepted and not needed' },
} as const satisfies FlagSet;

export type Globals = FlagValues<typeof globalFlags>;
