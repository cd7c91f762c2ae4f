import { z } from 'zod';
import { TiphysError, hasCode, messageOf } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { ClusterConfig, ClusterCredentials, CommandRunner } from '@tiphys/ports';
import { parseJson, stringifyJson } from './lossless-json.ts';

export type ExecProvider = NonNullable<ClusterCredentials['execProviderConfig']>;

/** Who may be run, and with what. */
export interface ExecPolicy {
  readonly commandRunner: CommandRunner;
  /** Exact commands that cluster secrets may name; all others are refused. Default none. */
  readonly execAllowlist?: readonly string[];
  /** Environment for every plugin, such as the cloud identity of this pod; nothing else is inherited. */
  readonly execEnv?: Readonly<Record<string, string>>;
}

/** What a plugin gave. */
export interface ExecCredential {
  readonly token?: string | undefined;
  /** PEM. */
  readonly clientCertificateData?: string | undefined;
  readonly clientKeyData?: string | undefined;
  /** Milliseconds since the epoch; Infinity where the plugin named no end. */
  readonly expiresAt: number;
}

const TIMEOUT_MS = 30_000;
/** A new credential is fetched this much before the old one ends. */
const LEEWAY_MS = 10_000;
const DEFAULT_API_VERSION = 'client.authentication.k8s.io/v1';

const answer = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
  }),
});

/**
 * Runs the credential plugin of a cluster, by the protocol of client.authentication.k8s.io. Errors name the cluster
 * and the command: `permission-denied` where it is not on the allowlist, `unauthenticated` where it fails.
 */
export async function runExecProvider(
  cluster: ClusterConfig,
  provider: ExecProvider,
  policy: ExecPolicy,
): Promise<ExecCredential> {
  const who = `credential plugin ${JSON.stringify(provider.command)} of cluster ${cluster.name}`;
  if (!(policy.execAllowlist ?? []).includes(provider.command)) {
    throw new TiphysError(
      'permission-denied',
      `${who} is not on the allowlist; an operator has to add it there`,
    );
  }
  const env = {
    ...policy.execEnv,
    ...provider.env,
    KUBERNETES_EXEC_INFO: stringifyJson(execInfo(cluster, provider)),
  };
  try {
    const { stdout } = await policy.commandRunner.run({
      program: provider.command,
      args: provider.args ?? [],
      env,
      timeoutMs: TIMEOUT_MS,
      secrets: Object.values(provider.env ?? {}).filter((value) => value.length >= 8),
    });
    return readCredential(Buffer.from(stdout).toString('utf8'));
  } catch (cause) {
    const hint = hasCode(cause, 'not-found') && provider.installHint ? `; ${provider.installHint}` : '';
    throw new TiphysError('unauthenticated', `${who}: ${messageOf(cause)}${hint}`, { cause });
  }
}

/** The text itself never gets into a message: it is a credential. */
export function readCredential(text: string): ExecCredential {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path }) => path.join('.') || 'the answer');
    throw new TiphysError('invalid', `the answer is no ExecCredential: see ${places.join(', ')}`);
  }
  const { expirationTimestamp, ...credential } = parsed.data.status;
  if (credential.token === undefined && credential.clientCertificateData === undefined) {
    throw new TiphysError('invalid', 'the answer holds neither a token nor a client certificate');
  }
  const expiresAt = expirationTimestamp
    ? Date.parse(expirationTimestamp) - LEEWAY_MS
    : Number.POSITIVE_INFINITY;
  return { ...credential, expiresAt };
}

function execInfo(cluster: ClusterConfig, provider: ExecProvider): JsonObject {
  return {
    apiVersion: provider.apiVersion ?? DEFAULT_API_VERSION,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      cluster: provider.provideClusterInfo === true ? clusterInfo(cluster, provider) : undefined,
    },
  };
}

function clusterInfo({ server, credentials }: ClusterConfig, { config }: ExecProvider): JsonObject {
  const { insecure, serverName, caData } = credentials.tlsClientConfig ?? {};
  return {
    server,
    'tls-server-name': serverName,
    'insecure-skip-tls-verify': insecure,
    'certificate-authority-data': caData === undefined ? undefined : Buffer.from(caData).toString('base64'),
    'proxy-url': credentials.proxyUrl,
    'disable-compression': credentials.disableCompression,
    config,
  };
}
