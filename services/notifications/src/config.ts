import { flags, type ConfigOf, type ConfigSpec } from '@tiphys/runtime/config';

/** Every setting of notifications. The environment names are those of the reference (wire/env.tsv). */
export const configSpec = {
  namespace: {
    kind: flags.text,
    help: 'Namespace of the control plane; default: that of the kubeconfig.',
    env: ['POD_NAMESPACE', 'ARGOCD_NAMESPACE'],
  },
  applicationNamespaces: {
    kind: flags.list,
    help: 'Other namespaces that Applications may live in, as globs or /regular expressions/.',
    default: '',
    env: ['ARGOCD_APPLICATION_NAMESPACES'],
  },
  configMapName: {
    kind: flags.text,
    help: 'Config map of triggers, templates, services and subscriptions.',
    default: 'argocd-notifications-cm',
  },
  secretName: {
    kind: flags.text,
    help: 'Secret whose values services refer to as $key.',
    default: 'argocd-notifications-secret',
  },
  processorsCount: {
    kind: flags.integer(1, 1_000),
    help: 'Applications looked at at once.',
    default: '1',
    env: ['ARGOCD_NOTIFICATION_CONTROLLER_PROCESSORS_COUNT'],
  },
  deliveries: { kind: flags.integer(1, 1_000), help: 'Messages delivered at once.', default: '10' },
  deliveryLock: {
    kind: flags.durationMs,
    help: 'After so long a message of a process that died is taken over.',
    default: '10s',
  },
  allowLinkLocal: {
    kind: flags.boolean,
    help: 'Send to link-local and cloud metadata addresses too.',
    default: 'false',
  },
  redis: { kind: flags.text, help: 'Address of Redis.', default: 'argocd-redis:6379', env: ['REDIS_SERVER'] },
  redisUsername: { kind: flags.text, help: 'User of Redis.', env: ['REDIS_USERNAME'] },
  redisPassword: {
    kind: flags.text,
    help: 'Password of Redis; better given by the environment.',
    env: ['REDIS_PASSWORD'],
  },
  redisQueueDb: {
    kind: flags.integer(0, 15),
    help: 'Number of the Redis database of the queue, which must not be evicted.',
    default: '1',
  },
  cacheKeyFile: {
    kind: flags.text,
    help: 'File with the key that authenticates queued messages; without it they do not outlive the process.',
  },
  repoServer: {
    kind: flags.text,
    help: 'Address of the repo-server; for commit details in templates.',
    default: 'argocd-repo-server:8081',
  },
  internalTlsDir: {
    kind: flags.text,
    help: 'Directory of tls.crt, tls.key and ca.crt for calls between services.',
  },
  tlsDataPath: {
    kind: flags.text,
    help: 'Directory of certificates by host name (argocd-tls-certs-cm).',
    env: ['ARGOCD_TLS_DATA_PATH'],
  },
  goWasm: {
    kind: flags.text,
    help: 'The Go template and expression module; default: where the build puts it.',
    env: ['TIPHYS_GO_WASM'],
  },
  address: { kind: flags.text, help: 'Address that the probes and metrics listen on.', default: '0.0.0.0' },
  metricsPort: { kind: flags.port, help: 'Port of the probes and metrics.', default: '9001' },
  loglevel: {
    kind: flags.oneOf(['debug', 'info', 'warn', 'error']),
    help: 'Least level that is logged.',
    default: 'info',
    env: ['ARGOCD_NOTIFICATIONS_CONTROLLER_LOGLEVEL'],
  },
  logformat: {
    kind: flags.oneOf(['json', 'text']),
    help: 'Form of the log.',
    default: 'json',
    env: ['ARGOCD_NOTIFICATIONS_CONTROLLER_LOGFORMAT'],
  },
} as const satisfies ConfigSpec;

export type NotificationsConfig = ConfigOf<typeof configSpec>;
