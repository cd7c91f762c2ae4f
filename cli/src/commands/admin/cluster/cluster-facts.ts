import { readFile } from 'node:fs/promises';
import type { RedisEndpoint, RedisTls } from '@tiphys/adapter-redis';
import type { PodListener } from '@tiphys/adapter-kube';
import { asJson, hasCode, isJsonObject, messageOf, stringAt, valueAt } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { environmentValue } from '../../../program/globals.ts';
import type { Invocation } from '../../../program/invocation.ts';
import type { StatsValues } from './redis-flags.ts';

/** What the controller tells of a cluster. */
export interface ClusterFacts {
  readonly connection: string;
  readonly applications: number;
  readonly resources: number;
}

export const UNKNOWN: ClusterFacts = { connection: 'Unknown', applications: 0, resources: 0 };

const KEY_SECRET = 'tiphys-cache-key';
const PASSWORD_SECRET = 'argocd-redis';
const CONNECT_MS = 5_000;
/** A cache may miss in a service; here, an answer that comes late is still the answer. */
const ANSWER_MS = 10_000;

/**
 * What the controller put into Redis of clusters, by their addresses; nothing of those of which it told nothing.
 * Values are authenticated by the key of the installation. Errors: `Failure` where Redis is not reached.
 */
export async function readFacts(
  invocation: Invocation,
  cluster: OwnCluster,
  { flags, servers }: { readonly flags: StatsValues; readonly servers: readonly string[] },
): Promise<ReadonlyMap<string, ClusterFacts>> {
  const address = flags.redis ?? redisIn(invocation);
  if (address !== undefined) return factsIn(address, cluster, { flags, servers });
  const forwarded = flags['port-forward-redis'] ? await forwardedRedis(invocation, cluster) : undefined;
  if (forwarded === undefined) {
    const { err } = invocation;
    err.line(
      `${err.paint('Warning:', 'yellow')} Redis is not found (--redis, REDIS_SERVER, --port-forward-redis): what the controller tells of clusters is not known.`,
    );
    return new Map();
  }
  try {
    return await factsIn(`127.0.0.1:${String(forwarded.port)}`, cluster, { flags, servers });
  } finally {
    await forwarded.close();
  }
}

/** A local port that leads to the Redis of the cluster; undefined where no pod of it runs. */
async function forwardedRedis(
  { globals, err }: Invocation,
  cluster: OwnCluster,
): Promise<PodListener | undefined> {
  const { findRunningPod } = await import('@tiphys/adapter-kube');
  const { componentsOf } = await import('../../../core/components.ts');
  const { forwardTo } = await import('../../../core/cluster.ts');
  const { redis } = componentsOf(globals);
  const { namespace, api } = cluster;
  const pod = await findRunningPod(api, { namespace, names: redis.names }).catch(() => undefined);
  if (pod === undefined) return undefined;
  return forwardTo(cluster, redis, {
    namespace,
    onFailure: (error) => err.line(`${err.paint('Warning:', 'yellow')} ${messageOf(error)}`),
  });
}

async function factsIn(
  address: string,
  cluster: OwnCluster,
  { flags, servers }: { readonly flags: StatsValues; readonly servers: readonly string[] },
): Promise<ReadonlyMap<string, ClusterFacts>> {
  const { cacheKeyOf, connectRedis, createRedisCache } = await import('@tiphys/adapter-redis');
  const connection = connectRedis({
    endpoint: await endpointOf(address, cluster, flags),
    timeoutMs: ANSWER_MS,
  });
  try {
    if (!(await connection.whenReady(CONNECT_MS)))
      throw new Failure(
        `Redis at ${hostIn(address)} cannot be reached, or does not take the password of the secret ${PASSWORD_SECRET}.`,
        {
          exitCode: exitCodes.general,
        },
      );
    const key = cacheKeyOf((await secretValue(cluster, KEY_SECRET, 'key')) ?? '', `the secret ${KEY_SECRET}`);
    const cache = createRedisCache({ connection, key });
    const found = await Promise.all(
      servers.map(async (server) => [server, await cache.get(`cluster|info|${server}`)] as const),
    );
    return new Map(
      found.flatMap(([server, text]) => (text === undefined ? [] : [[server, factsOf(text)] as const])),
    );
  } finally {
    await connection.close();
  }
}

const redisIn = ({ env }: Invocation): string | undefined =>
  env['REDIS_SERVER'] ?? environmentValue(env, 'REDIS_SERVER');

const hostIn = (address: string): string => address.replace(/^.*@/, '');

async function endpointOf(address: string, cluster: OwnCluster, flags: StatsValues): Promise<RedisEndpoint> {
  if (flags.sentinel.length > 0 || flags['redis-insecure-skip-tls-verify'])
    throw new Failure(
      'Sentinels and unverified TLS are not offered: give --redis, and --redis-ca-certificate.',
    );
  const { parseRedisAddress } = await import('@tiphys/adapter-redis');
  const endpoint = parseRedisAddress(address);
  const password = endpoint.password ?? (await secretValue(cluster, PASSWORD_SECRET, 'auth'));
  const tls = flags['redis-use-tls'] || endpoint.tls !== undefined ? await tlsOf(flags) : undefined;
  return {
    ...endpoint,
    db: endpoint.db ?? flags.redisdb,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

async function tlsOf(flags: StatsValues): Promise<RedisTls> {
  const pem = async (path: string | undefined) => (path === undefined ? undefined : readFile(path, 'utf8'));
  const [ca, cert, key] = await Promise.all([
    pem(flags['redis-ca-certificate']),
    pem(flags['redis-client-certificate']),
    pem(flags['redis-client-key']),
  ]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function secretValue(
  { api, namespace }: OwnCluster,
  name: string,
  key: string,
): Promise<string | undefined> {
  try {
    const value = stringAt(asJson(await api.get(ownKinds.secret, { namespace, name })), 'data', key);
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

function factsOf(text: string): ClusterFacts {
  const info = parseJson(text, 'cached facts of a cluster');
  if (!isJsonObject(info)) return UNKNOWN;
  const count = (...path: readonly string[]): number => Number(valueAt(info, ...path) ?? 0);
  return {
    connection: stringAt(info, 'connectionState', 'status') ?? UNKNOWN.connection,
    applications: count('applicationsCount'),
    resources: count('cacheInfo', 'resourcesCount'),
  };
}
