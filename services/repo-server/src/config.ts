import { availableParallelism } from 'node:os';
import { flags, type ConfigOf, type ConfigSpec } from '@tiphys/runtime/config';

/** `v4.4.0=/custom-tools/kustomize_4_4` as version and program, parted by commas. */
const programsByVersion = flags.list.transform((entries, context): ReadonlyMap<string, string> => {
  const pairs = entries.map((entry) => /^([^=\s]+)=(\/.+)$/u.exec(entry) ?? [entry]);
  for (const [entry, version] of pairs) {
    if (version !== undefined) continue;
    context.addIssue({
      code: 'custom',
      message: `${entry} is not a version and the absolute path of its program`,
    });
  }
  return new Map(pairs.map(([, version = '', program = '']) => [version, program]));
});

/** Every setting of the repo-server. The environment names are those of the reference (wire/env.tsv). */
export const configSpec = {
  port: { kind: flags.port, help: 'Port of the gRPC service.', default: '8081' },
  address: {
    kind: flags.text,
    help: 'Address that the gRPC service listens on; loopback only without --internal-tls-dir.',
    default: '0.0.0.0',
    env: ['ARGOCD_REPO_SERVER_LISTEN_ADDRESS'],
  },
  metricsPort: { kind: flags.port, help: 'Port of the probes and metrics.', default: '8084' },
  metricsAddress: {
    kind: flags.text,
    help: 'Address that the probes and metrics listen on.',
    default: '0.0.0.0',
    env: ['ARGOCD_REPO_SERVER_METRICS_LISTEN_ADDRESS'],
  },
  internalTlsDir: {
    kind: flags.text,
    help: 'Directory of tls.crt, tls.key and ca.crt for calls between services.',
  },
  redis: {
    kind: flags.text,
    help: 'Address of Redis; empty: rendered manifests are kept in memory only.',
    default: 'argocd-redis:6379',
    env: ['REDIS_SERVER'],
  },
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
  cacheKeyFile: { kind: flags.text, help: 'File with the key that authenticates cached values.' },
  repoCacheExpiration: {
    kind: flags.durationMs,
    help: 'How long rendered manifests are kept in Redis.',
    default: '24h',
    env: ['ARGOCD_REPO_CACHE_EXPIRATION'],
  },
  revisionCacheExpiration: {
    kind: flags.durationMs,
    help: 'How old a list of branches and tags may be when nobody asked for a refresh.',
    default: '3m',
    env: ['ARGOCD_RECONCILIATION_TIMEOUT'],
  },
  parallelismLimit: {
    kind: flags.integer(0, 10_000),
    help: `Renders that run at once; 0 means twice the number of processors (here ${2 * availableParallelism()}).`,
    default: '0',
    env: ['ARGOCD_REPO_SERVER_PARALLELISM_LIMIT'],
  },
  gpgEnabled: {
    kind: flags.text,
    help: 'false or no: signatures of commits cannot be verified, so that whatever needs one is refused.',
    default: 'true',
    env: ['ARGOCD_GPG_ENABLED'],
  },
  gpgDataPath: {
    kind: flags.text,
    help: 'Directory of the armoured public keys that are trusted, each in a file by its long id.',
    default: '/app/config/gpg/source',
    env: ['ARGOCD_GPG_DATA_PATH'],
  },
  gnupgHome: {
    kind: flags.text,
    help: 'Directory in which keyrings are made of them; default: one in the work directory.',
    env: ['ARGOCD_GNUPGHOME'],
  },
  workDir: {
    kind: flags.text,
    help: 'Directory for mirrors and exported files, of this process alone; default: a new one that is removed.',
    env: ['TIPHYS_WORK_DIR'],
  },
  execTimeout: {
    kind: flags.durationMs,
    help: 'Deadline of one git fetch and of one run of a rendering tool.',
    default: '90s',
    env: ['ARGOCD_EXEC_TIMEOUT'],
  },
  gitRequestTimeout: {
    kind: flags.durationMs,
    help: 'Deadline of listing the refs of a repository.',
    default: '15s',
    env: ['ARGOCD_GIT_REQUEST_TIMEOUT'],
  },
  maxCombinedDirectoryManifestsSize: {
    kind: flags.text,
    help: 'Largest size of all files of a directory application together.',
    default: '10M',
    env: ['ARGOCD_REPO_SERVER_MAX_COMBINED_DIRECTORY_MANIFESTS_SIZE'],
  },
  streamedManifestMaxTarSize: {
    kind: flags.text,
    help: 'Largest archive of files that a user sends to have them rendered.',
    default: '100M',
    env: ['ARGOCD_REPO_SERVER_STREAMED_MANIFEST_MAX_TAR_SIZE'],
  },
  streamedManifestMaxExtractedSize: {
    kind: flags.text,
    help: 'Largest size of all files of such an archive together.',
    default: '1G',
    env: ['ARGOCD_REPO_SERVER_STREAMED_MANIFEST_MAX_EXTRACTED_SIZE'],
  },
  path: {
    kind: flags.text,
    help: 'Search path of git, ssh and the rendering tools.',
    default: '/usr/local/bin:/usr/bin:/bin',
    env: ['PATH'],
  },
  kustomizeRemoteBases: {
    kind: flags.oneOf(['refuse', 'allow']),
    help: 'Whether kustomizations may take bases from other repositories, past the limits of the AppProject.',
    default: 'refuse',
    env: ['TIPHYS_KUSTOMIZE_REMOTE_BASES'],
  },
  helm: { kind: flags.text, help: 'Program that renders charts.', default: 'helm' },
  kustomize: { kind: flags.text, help: 'Program that builds kustomizations.', default: 'kustomize' },
  kustomizeVersions: {
    kind: programsByVersion,
    help: 'Programs for `kustomize.version` of sources, such as v4.4.0=/custom-tools/kustomize_4_4, parted by commas.',
    default: '',
    env: ['TIPHYS_KUSTOMIZE_VERSIONS'],
  },
  jsonnet: { kind: flags.text, help: 'Program that evaluates Jsonnet.', default: 'jsonnet' },
  pluginDir: {
    kind: flags.text,
    help: 'Folder of the sockets of config-management plugins.',
    default: '/home/argocd/cmp-server/plugins',
    env: ['ARGOCD_PLUGINSOCKFILEPATH'],
  },
  pluginTarExclude: {
    kind: flags.text,
    help: 'Globs of files that plugins do not get, parted by semicolons.',
    default: '',
    env: ['ARGOCD_REPO_SERVER_PLUGIN_TAR_EXCLUSIONS'],
  },
  pluginUseManifestGeneratePaths: {
    kind: flags.boolean,
    help: 'Whether plugins get only what the annotation manifest-generate-paths names, not the whole repository.',
    default: 'false',
    env: ['ARGOCD_REPO_SERVER_PLUGIN_USE_MANIFEST_GENERATE_PATHS'],
  },
  sopsKeyDir: {
    kind: flags.text,
    help: 'Folder of the age and PGP keys that open files encrypted by SOPS; empty: such files are like any others.',
    default: '',
    env: ['TIPHYS_SOPS_KEY_DIR'],
  },
  privateDir: {
    kind: flags.text,
    help: 'Directory in memory, of this process alone, for what is decrypted; default: a new one that is removed.',
    env: ['TIPHYS_PRIVATE_DIR'],
  },
  sops: { kind: flags.text, help: 'Program that opens files encrypted by SOPS.', default: 'sops' },
  grpcMaxSizeMb: {
    kind: flags.integer(1, 2_000),
    help: 'Megabytes that the answer of a plugin may have.',
    default: '100',
    env: ['ARGOCD_GRPC_MAX_SIZE_MB'],
  },
  goWasm: {
    kind: flags.text,
    help: 'The Go module that reads semver ranges; default: beside the program.',
    env: ['TIPHYS_GO_WASM'],
  },
  loglevel: {
    kind: flags.oneOf(['debug', 'info', 'warn', 'error']),
    help: 'Least level that is logged.',
    default: 'info',
    env: ['ARGOCD_REPO_SERVER_LOGLEVEL'],
  },
  logformat: {
    kind: flags.oneOf(['json', 'text']),
    help: 'Form of the log.',
    default: 'json',
    env: ['ARGOCD_REPO_SERVER_LOGFORMAT'],
  },
} as const satisfies ConfigSpec;

export type RepoServerConfig = ConfigOf<typeof configSpec>;

/** Whether a value of `gpgEnabled` leaves signatures on. */
export const isGpgEnabled = (text: string): boolean => !['false', 'no'].includes(text.trim().toLowerCase());
