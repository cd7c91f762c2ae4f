import { flags, type ConfigOf, type ConfigSpec } from '@tiphys/runtime/config';

/** Every setting of the application-controller. The environment names are those of the reference (wire/env.tsv). */
export const configSpec = {
  namespace: {
    kind: flags.text,
    help: 'Namespace of the control plane; default: that of the kubeconfig.',
    env: ['POD_NAMESPACE', 'ARGOCD_NAMESPACE'],
  },
  repoServer: {
    kind: flags.text,
    help: 'Address of the repo-server.',
    default: 'argocd-repo-server:8081',
    env: ['ARGOCD_APPLICATION_CONTROLLER_REPO_SERVER'],
  },
  applicationNamespaces: {
    kind: flags.list,
    help: 'Other namespaces that Applications may live in, as globs or /regular expressions/.',
    default: '',
    env: ['ARGOCD_APPLICATION_NAMESPACES'],
  },
  gpgEnabled: {
    kind: flags.text,
    help: 'false or no: projects cannot demand signatures of commits.',
    default: 'true',
    env: ['ARGOCD_GPG_ENABLED'],
  },
  redis: { kind: flags.text, help: 'Address of Redis.', default: 'argocd-redis:6379', env: ['REDIS_SERVER'] },
  redisPassword: {
    kind: flags.text,
    help: 'Password of Redis; better given by the environment.',
    env: ['REDIS_PASSWORD'],
  },
  redisdb: {
    kind: flags.integer(0, 15),
    help: 'Number of the Redis database of the cache.',
    default: '0',
    env: ['REDISDB'],
  },
  internalTlsDir: {
    kind: flags.text,
    help: 'Directory of tls.crt, tls.key and ca.crt for calls between services.',
  },
  cacheKeyFile: { kind: flags.text, help: 'File with the key that authenticates cached values.' },
  address: { kind: flags.text, help: 'Address that the probes and metrics listen on.', default: '0.0.0.0' },
  metricsPort: { kind: flags.port, help: 'Port of the probes and metrics.', default: '8082' },
  shardingMethod: {
    kind: flags.text,
    help: 'How clusters are shared out among replicas: legacy, round-robin or consistent-hashing.',
    default: 'legacy',
    env: ['ARGOCD_CONTROLLER_SHARDING_ALGORITHM'],
  },
  replicas: {
    kind: flags.integer(0, 2_147_483_647),
    help: 'Number of replicas that share the clusters; 0 means one.',
    default: '0',
    env: ['ARGOCD_CONTROLLER_REPLICAS'],
  },
  shard: {
    kind: flags.integer(-2_147_483_647, 2_147_483_647),
    help: 'Number of this replica, from 0; a negative one takes the number at the end of the name of the pod.',
    default: '-1',
    env: ['ARGOCD_CONTROLLER_SHARD'],
  },
  podName: {
    kind: flags.text,
    help: 'Name of the pod, which one that takes its place has too; default: one of its own for each process.',
    env: ['POD_NAME'],
  },
  leaseDuration: {
    kind: flags.durationMs,
    help: 'So long after its last sign of life the clusters of a replica may be taken over by another.',
    default: '15s',
    env: ['TIPHYS_CONTROLLER_LEASE_DURATION'],
  },
  statusProcessors: {
    kind: flags.integer(1, 1_000),
    help: 'Applications looked at at once.',
    default: '20',
    env: ['ARGOCD_APPLICATION_CONTROLLER_STATUS_PROCESSORS'],
  },
  appResync: {
    kind: flags.durationMs,
    help: 'Time between two looks that nobody asked for; 0 turns polling off.',
    default: '2m',
    env: ['ARGOCD_RECONCILIATION_TIMEOUT'],
  },
  appResyncJitter: {
    kind: flags.durationMs,
    help: 'Up to so much is added to that time.',
    default: '1m',
    env: ['ARGOCD_RECONCILIATION_JITTER'],
  },
  appHardResync: {
    kind: flags.durationMs,
    help: 'Time between two looks that leave the caches of manifests aside; 0 turns them off.',
    default: '0s',
    env: ['ARGOCD_HARD_RECONCILIATION_TIMEOUT'],
  },
  syncSupersede: {
    kind: flags.boolean,
    help: 'Whether automated syncs that wait give way to newer commits, where an Application does not say.',
    default: 'false',
    env: ['TIPHYS_SYNC_SUPERSEDE'],
  },
  selfHealTimeoutSeconds: {
    kind: flags.integer(0, 86_400),
    help: 'Fixed wait before a self-heal where the backoff is off.',
    default: '0',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_TIMEOUT_SECONDS'],
  },
  selfHealBackoffTimeoutSeconds: {
    kind: flags.integer(0, 86_400),
    help: 'First wait between self-heals; 0 turns the backoff off.',
    default: '2',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_TIMEOUT_SECONDS'],
  },
  selfHealBackoffFactor: {
    kind: flags.integer(1, 100),
    help: 'How much longer each next wait is.',
    default: '3',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_FACTOR'],
  },
  selfHealBackoffCapSeconds: {
    kind: flags.integer(0, 86_400),
    help: 'The longest wait.',
    default: '300',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_CAP_SECONDS'],
  },
  syncTimeout: {
    kind: flags.integer(0, 2_147_483_647),
    help: 'Seconds after which a sync is terminated; 0 means never.',
    default: '0',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SYNC_TIMEOUT'],
  },
  syncWaveDelay: {
    kind: flags.integer(0, 86_400),
    help: 'Seconds of rest after a sync wave that is not the last.',
    default: '2',
    env: ['ARGOCD_SYNC_WAVE_DELAY'],
  },
  serverSideDiffEnabled: {
    kind: flags.boolean,
    help: 'Let API servers predict what applying does, by dry runs.',
    default: 'false',
    env: ['ARGOCD_APPLICATION_CONTROLLER_SERVER_SIDE_DIFF'],
  },
  ignoreNormalizerJqExecutionTimeoutSeconds: {
    kind: flags.durationMs,
    help: 'Longest time of a jq expression of ignore rules; 0 means 1s.',
    default: '0s',
    env: ['ARGOCD_IGNORE_NORMALIZER_JQ_TIMEOUT'],
  },
  goWasm: {
    kind: flags.text,
    help: 'The Go module that evaluates jq; default: where the build puts it.',
    env: ['TIPHYS_GO_WASM'],
  },
  repoServerTimeoutSeconds: {
    kind: flags.integer(1, 3_600),
    help: 'Deadline of a call to the repo-server.',
    default: '60',
    env: ['ARGOCD_APPLICATION_CONTROLLER_REPO_SERVER_TIMEOUT_SECONDS'],
  },
  execProviders: {
    kind: flags.list,
    help: 'Credential plugins that cluster secrets may name, comma-separated.',
    default: '',
    env: ['TIPHYS_EXEC_PROVIDERS'],
  },
  enableK8sEvent: {
    kind: flags.list,
    help: 'Reasons of the Kubernetes Events to write, all or none.',
    default: 'all',
    env: ['ARGOCD_ENABLE_K8S_EVENT'],
  },
  loglevel: {
    kind: flags.oneOf(['debug', 'info', 'warn', 'error']),
    help: 'Least level that is logged.',
    default: 'info',
    env: ['ARGOCD_APPLICATION_CONTROLLER_LOGLEVEL'],
  },
  logformat: {
    kind: flags.oneOf(['json', 'text']),
    help: 'Form of the log.',
    default: 'json',
    env: ['ARGOCD_APPLICATION_CONTROLLER_LOGFORMAT'],
  },
} as const satisfies ConfigSpec;

export type ControllerConfig = ConfigOf<typeof configSpec>;
