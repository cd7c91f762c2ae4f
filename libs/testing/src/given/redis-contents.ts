import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import type { World } from './world.ts';

interface AuthSecret {
  readonly data: { readonly auth: string };
}

/** A client of the Redis that the chart brought, as its secret lets one in. Close it with `disconnect`. */
export async function connectRedisOf({ kube, system }: World): Promise<Redis> {
  const path = `/api/v1/namespaces/${system.namespace}/secrets/argocd-redis`;
  const { data } = await kube.request<AuthSecret>('GET', path);
  const [host = '', port = ''] = system.runner.portOf('argocd-redis', 'redis').split(':');
  const password = Buffer.from(data.auth, 'base64').toString('utf8');
  const redis = new Redis({ host, port: Number(port), password, retryStrategy: () => null });
  // The command that met it rejects with it.
  return redis.on('error', () => undefined);
}

/** Everything that Redis holds, by key, with compressed values opened. */
export async function redisContents(world: World): Promise<ReadonlyMap<string, string>> {
  const redis = await connectRedisOf(world);
  try {
    await redis.config('SET', 'rdbcompression', 'no');
    const contents = new Map<string, string>();
    for (const key of await redis.keys('*')) contents.set(key, await read(redis, key));
    return contents;
  } finally {
    redis.disconnect();
  }
}

async function read(redis: Redis, key: string): Promise<string> {
  if ((await redis.type(key)) !== 'string') return (await redis.dumpBuffer(key))?.toString('latin1') ?? '';
  const value = await redis.getBuffer(key);
  if (value === null) return '';
  const isZipped = value.subarray(SEAL_BYTES, SEAL_BYTES + 2).equals(GZIP);
  return (isZipped ? gunzipSync(value.subarray(SEAL_BYTES)) : value).toString('utf8');
}

/** What stands before the value: its authentication, form and end of life. */
const SEAL_BYTES = 42;
const GZIP = Buffer.from([0x1f, 0x8b]);
