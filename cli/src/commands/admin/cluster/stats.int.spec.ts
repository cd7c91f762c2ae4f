import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheKeyOf, connectRedis, createRedisCache, parseRedisAddress } from '@tiphys/adapter-redis';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { startKubelet, writeRunningPod, type Kubelet } from '@tiphys/testing/kubelet';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { runHere } from '../../../testing/run-here.ts';

const CACHE_KEY = 'a key of the tests that is long enough';
const FACTS = {
  connectionState: { status: 'Successful' },
  cacheInfo: { resourcesCount: 7 },
  applicationsCount: 2,
};

let kube: KubeEnv;
let kubelet: Kubelet;
let redis: RedisServer;
let namespace: string;
let home: string;

beforeAll(async () => {
  [kube, kubelet, redis, home] = await Promise.all([
    startKubeEnv({ controllerManager: false, scheduler: false, kwok: false }),
    startKubelet(),
    startRedis(),
    mkdtemp(join(tmpdir(), 'tiphys-stats-')),
  ]);
  await kubelet.register(kube, 'here');
  namespace = (await kube.createNamespace('stats')).name;
  await kube.apply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tiphys-cache-key' },
      stringData: { key: CACHE_KEY },
    } as never,
    namespace,
  );
  const connection = connectRedis({
    endpoint: parseRedisAddress(`127.0.0.1:${String(redis.port)}`),
    timeoutMs: 10_000,
  });
  expect(await connection.whenReady(30_000)).toBe(true);
  const cache = createRedisCache({ connection, key: cacheKeyOf(CACHE_KEY) });
  await cache.set('cluster|info|https://kubernetes.default.svc', JSON.stringify(FACTS), 600_000);
  await connection.close();
}, 120_000);

afterAll(async () => {
  await kubelet.close();
  await redis.stop();
  await kube.stop();
  await rm(home, { recursive: true, force: true });
});

const stats = (...words: readonly string[]) =>
  runHere(['admin', 'cluster', 'stats', '-n', namespace, '--kubeconfig', kube.kubeconfigPath, ...words], {
    env: { HOME: home },
  });

describe('admin cluster stats', () => {
  it('says that nothing is known while no Redis runs', async () => {
    const { code, stdout, stderr } = await stats();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Redis is not found');
    expect(stdout).toMatch(/^https:\/\/kubernetes\.default\.svc +0 +Unknown +0 +0 +0$/m);
  });

  it('reaches the Redis of the cluster through the API server', async () => {
    await writeRunningPod(kube, { namespace, name: 'redis-0', node: 'here', app: 'argocd-redis' });
    kubelet.listen({ namespace, name: 'redis-0', port: 6379 }, redis.port);
    const { code, stdout, stderr } = await stats();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^https:\/\/kubernetes\.default\.svc +0 +Successful +0 +2 +7$/m);
    expect(kubelet.forwards).toContain(`/portForward/${namespace}/redis-0?port=6379`);
  });
});
