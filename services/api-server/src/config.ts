import { DEFAULT_CIPHERS } from '@tiphys/adapter-argo-api';
import { flags, parseConfig } from '@tiphys/runtime/config';
import type { ConfigOf } from '@tiphys/runtime/config';

export const PROGRAM = 'tiphys-api-server';

const spec = {
  port: { kind: flags.port, help: 'Port for gRPC, gRPC-web, REST and event streams.', default: '8080' },
  address: {
    kind: flags.text,
    help: 'Address to listen on.',
    default: '0.0.0.0',
    env: ['ARGOCD_SERVER_LISTEN_ADDRESS'],
  },
  metricsPort: { kind: flags.port, help: 'Port for metrics and probes.', default: '8083' },
  metricsAddress: { kind: flags.text, help: 'Address for metrics and probes.', default: '0.0.0.0' },
  insecure: {
    kind: flags.boolean,
    help: 'Serve plaintext.',
    default: 'false',
    env: ['ARGOCD_SERVER_INSECURE'],
  },
  repoServer: {
    kind: flags.text,
    help: 'Address of the repo-server.',
    default: 'argocd-repo-server:8081',
    env: ['ARGOCD_SERVER_REPO_SERVER'],
  },
  repoServerTimeoutSeconds: {
    kind: flags.integer(1, 86_400),
    help: 'Seconds that a call to the repo-server may take.',
    default: '60',
    env: ['ARGOCD_SERVER_REPO_SERVER_TIMEOUT_SECONDS'],
  },
  redis: {
    kind: flags.text,
    help: 'Address of Redis.',
    default: 'argocd-redis:6379',
    env: ['REDIS_SERVER'],
  },
  redisUsername: { kind: flags.text, help: 'User of Redis.', env: ['REDIS_USERNAME'] },
  redisPassword: {
    kind: flags.text,
    help: 'Password of Redis; better given by the environment.',
    env: ['REDIS_PASSWORD'],
  },
  redisdb: {
    kind: flags.integer(0, 65_535),
    help: 'Number of the Redis database of the cache.',
    default: '0',
    env: ['REDISDB'],
  },
  namespace: {
    kind: flags.text,
    help: 'Namespace of the control plane; that of the pod or of the kubeconfig where it is not given.',
    env: ['POD_NAMESPACE', 'ARGOCD_NAMESPACE'],
  },
  applicationNamespaces: {
    kind: flags.list,
    help: 'Other namespaces that Applications may live in, as globs or /regular expressions/.',
    default: '',
    env: ['ARGOCD_APPLICATION_NAMESPACES'],
  },
  kubeconfig: { kind: flags.text, help: 'Kubeconfig to use instead of the usual places.' },
  downloadDir: {
    kind: flags.text,
    help: 'Directory with the executables of the CLI; default: executables beside the program.',
    env: ['TIPHYS_DOWNLOAD_DIR'],
  },
  kubeContext: { kind: flags.text, help: 'Context of the kubeconfig; default: its current one.' },
  localUser: {
    kind: flags.boolean,
    help: 'Serve one user of this machine, on loopback only: the token is the first line of the standard input, and the server ends with it.',
    default: 'false',
  },
  internalTlsDir: {
    kind: flags.text,
    help: 'Directory with tls.crt, tls.key and ca.crt for calls between services.',
  },
  cacheKeyFile: { kind: flags.text, help: 'File with the key that cached values are authenticated with.' },
  execProviders: {
    kind: flags.list,
    help: 'Credential plugins that cluster secrets may name, comma-separated.',
    default: '',
    env: ['TIPHYS_EXEC_PROVIDERS'],
  },
  goWasm: {
    kind: flags.text,
    help: 'The Go template and expression module; default: where the build puts it.',
    env: ['TIPHYS_GO_WASM'],
  },
  apiContentTypes: {
    kind: flags.list,
    help: 'Content types that writes over REST may have.',
    default: 'application/json',
    env: ['ARGOCD_API_CONTENT_TYPES'],
  },
  enableGzip: {
    kind: flags.boolean,
    help: 'Compress replies.',
    default: 'true',
    env: ['ARGOCD_SERVER_ENABLE_GZIP'],
  },
  contentSecurityPolicy: {
    kind: flags.text,
    help: 'Content-Security-Policy of pages; empty for none. Answers of the API have a stricter one.',
    default: "frame-ancestors 'self';",
    env: ['ARGOCD_SERVER_CONTENT_SECURITY_POLICY'],
  },
  xFrameOptions: {
    kind: flags.text,
    help: 'X-Frame-Options of pages; empty for none.',
    default: 'sameorigin',
    env: ['ARGOCD_SERVER_X_FRAME_OPTIONS'],
  },
  tlsminversion: {
    kind: flags.oneOf(['1.0', '1.1', '1.2', '1.3']),
    help: 'Least version of TLS; those below 1.2 count as 1.2.',
    default: '1.2',
    env: ['ARGOCD_TLS_MIN_VERSION'],
  },
  tlsmaxversion: {
    kind: flags.oneOf(['1.2', '1.3']),
    help: 'Greatest version of TLS.',
    default: '1.3',
    env: ['ARGOCD_TLS_MAX_VERSION'],
  },
  tlsciphers: {
    kind: flags.text,
    help: 'Cipher suites of TLS 1.2, colon-separated.',
    default: DEFAULT_CIPHERS.join(':'),
    env: ['ARGOCD_TLS_CIPHERS'],
  },
  basehref: {
    kind: flags.text,
    help: 'Path of the web UI, where a proxy serves it below one; the path of cookies too.',
    default: '/',
    env: ['ARGOCD_SERVER_BASEHREF'],
  },
  rootpath: {
    kind: flags.text,
    help: 'Path below which everything is served; requests to anywhere else are not found.',
    default: '',
    env: ['ARGOCD_SERVER_ROOTPATH'],
  },
  disableAuth: {
    kind: flags.boolean,
    help: 'Let every caller do everything, without a login.',
    default: 'false',
    env: ['ARGOCD_SERVER_DISABLE_AUTH'],
  },
  dexServer: {
    kind: flags.text,
    help: 'Address of Dex.',
    default: 'argocd-dex-server:5556',
    env: ['ARGOCD_SERVER_DEX_SERVER'],
  },
  dexServerPlaintext: {
    kind: flags.boolean,
    help: 'Speak plaintext to Dex.',
    default: 'false',
    env: ['ARGOCD_SERVER_DEX_SERVER_PLAINTEXT'],
  },
  dexServerStrictTls: {
    kind: flags.boolean,
    help: 'Check the certificate of Dex.',
    default: 'false',
    env: ['ARGOCD_SERVER_DEX_SERVER_STRICT_TLS'],
  },
  dexTlsDir: {
    kind: flags.text,
    help: 'Directory with tls.crt and ca.crt of Dex, for strict checks.',
    default: '/app/config/dex/tls',
  },
  azureFederatedTokenFile: {
    kind: flags.text,
    help: 'File with the token of the pod for Azure workload identity.',
    env: ['AZURE_FEDERATED_TOKEN_FILE'],
  },
  hydratorEnabled: {
    kind: flags.boolean,
    help: 'Tell clients that the source hydrator is on.',
    default: 'false',
    env: ['ARGOCD_HYDRATOR_ENABLED'],
  },
  syncWithReplaceAllowed: {
    kind: flags.boolean,
    help: 'Tell clients that syncs may replace objects.',
    default: 'true',
    env: ['ARGOCD_SYNC_WITH_REPLACE_ALLOWED'],
  },
  maxLogins: {
    kind: flags.integer(1, 100_000),
    help: 'Logins that run at once in all replicas together.',
    default: '50',
    env: ['ARGOCD_MAX_CONCURRENT_LOGIN_REQUESTS_COUNT'],
  },
  replicas: {
    kind: flags.integer(1, 1_000),
    help: 'Replicas of this server.',
    default: '1',
    env: ['ARGOCD_API_SERVER_REPLICAS'],
  },
  maxLoginFailures: {
    kind: flags.integer(1, 1_000_000),
    help: 'Failed logins of an account within the window that lock it.',
    default: '5',
    env: ['ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT'],
  },
  loginWindowSeconds: {
    kind: flags.integer(1, 86_400),
    help: 'Seconds that failed logins are counted for.',
    default: '300',
    env: ['ARGOCD_SESSION_FAILURE_WINDOW_SECONDS'],
  },
  appsetEnableNewGitFileGlobbing: {
    kind: flags.boolean,
    help: 'In patterns of files of git generators `*` ends at a slash and `**` does not.',
    default: 'false',
    env: ['ARGOCD_APPLICATIONSET_CONTROLLER_ENABLE_NEW_GIT_FILE_GLOBBING'],
  },
  webhookParallelismLimit: {
    kind: flags.integer(1, 1_000),
    help: 'Webhooks that are worked on at once.',
    default: '50',
    env: ['ARGOCD_SERVER_WEBHOOK_PARALLELISM_LIMIT'],
  },
  webhookRefreshWorkers: {
    kind: flags.integer(1, 1_000),
    help: 'Refreshes of Applications that webhooks ask for at once.',
    default: '20',
    env: ['ARGOCD_SERVER_WEBHOOK_REFRESH_WORKERS'],
  },
  enableK8sEvent: {
    kind: flags.list,
    help: 'Reasons of the Kubernetes Events to write, all or none.',
    default: 'all',
    env: ['ARGOCD_ENABLE_K8S_EVENT'],
  },
  enableGrpcTimeHistogram: {
    kind: flags.boolean,
    help: 'Measure how long calls take, for /metrics.',
    default: 'false',
    env: ['ARGOCD_ENABLE_GRPC_TIME_HISTOGRAM'],
  },
  loglevel: {
    kind: flags.oneOf(['debug', 'info', 'warn', 'error']),
    help: 'Least level that is logged.',
    default: 'info',
    env: ['ARGOCD_SERVER_LOG_LEVEL'],
  },
  logformat: {
    kind: flags.oneOf(['json', 'text']),
    help: 'Form of log lines.',
    default: 'json',
    env: ['ARGOCD_SERVER_LOGFORMAT'],
  },
} as const;

/** All settings of the server that come from flags and the environment. */
export type ApiServerConfig = ConfigOf<typeof spec>;

/** @throws TiphysError `invalid` naming every mistake. */
export const parseApiServerConfig = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof parseConfig<typeof spec>> =>
  parseConfig(spec, {
    program: PROGRAM,
    summary: 'serves the API: gRPC, gRPC-web, REST and event streams',
    argv,
    env,
  });
