import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inClusterConfig, loadKubeconfig, makeClusterConnector } from '@tiphys/adapter-kube';
import { createMemoryCache } from '@tiphys/adapter-redis';
import type { ClusterConfig } from '@tiphys/ports';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { createLogger } from '@tiphys/runtime/logging';
import { createMetrics } from '@tiphys/runtime/metrics';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { freePorts, poll } from '@tiphys/testing/processes';
import { defaultTracking } from '@tiphys/tracking';
import { ClusterRegistry } from '../destination/cluster-registry.ts';
import { ClusterMetrics } from '../metrics/cluster-metrics.ts';
import { ClusterInfoPublisher } from './cluster-info.ts';

const own = inClusterConfig();
const logger = createLogger({ service: 'test', level: 'error' });
const metrics = createMetrics();
const cache = createMemoryCache({ maxBytes: 1_000_000 });

let kube: KubeAccess;
let registry: ClusterRegistry;
let dead: ClusterConfig;
let clusters: ClusterConfig[];
let info: ClusterInfoPublisher;
const counts = new Map<string, number>();

beforeAll(async () => {
  kube = await sharedKubeEnv();
  const [port = 0] = await freePorts(1);
  dead = { ...own, server: `https://127.0.0.1:${port}`, name: 'dead' };
  clusters = [dead];
  const login = await loadKubeconfig({ clock, path: kube.kubeconfigPath });
  const states = () => registry.states();
  const clusterMetrics = new ClusterMetrics({ registry: metrics, states, now: () => clock.now() });
  registry = new ClusterRegistry({
    clock,
    connector: makeClusterConnector({
      clock,
      own: login.connection,
      commandRunner: { run: () => Promise.reject(new Error('nothing is to be run')) },
    }),
    inCluster: own,
    clusters: () => clusters,
    mistakes: () => [],
    viewOptions: () => ({
      tracking: defaultTracking,
      filters: { exclusions: [], inclusions: [{ apiGroups: [''], kinds: ['ConfigMap', 'Namespace'] }] },
    }),
    onChange: () => undefined,
    onKinds: () => undefined,
    onConnection: () => undefined,
    onEvent: (server, kind) => clusterMetrics.happened(server, kind),
    logger,
  });
  info = new ClusterInfoPublisher({
    cache,
    clock,
    logger,
    states: () => states().filter(({ config }) => config.server !== elsewhere),
    servers: () => states().map(({ config }) => config.server),
    applications: () => counts,
  });
});

afterAll(() => registry.reset());

/** A cluster that another controller tells of. */
let elsewhere = '';

interface Info {
  readonly connectionState: {
    readonly status: string;
    readonly message: string;
    readonly attemptedAt: string;
  };
  readonly serverVersion?: string;
  readonly cacheInfo: object;
  readonly applicationsCount: number;
  readonly apiVersions?: readonly string[];
}

async function told({ server }: ClusterConfig): Promise<Info | undefined> {
  const text = await cache.get(`cluster|info|${server}`);
  return text === undefined ? undefined : (JSON.parse(text) as Info);
}

const failure = (): string | undefined => {
  try {
    registry.view(dead);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

describe('what is told of clusters', () => {
  it('is nothing but that of clusters without Applications', async () => {
    await info.publish();
    expect(await told(dead)).toEqual({
      connectionState: {
        status: 'Unknown',
        message: 'Cluster has no applications and is not being monitored.',
        attemptedAt: expect.stringMatching(/^\d{4}-.*Z$/u) as string,
      },
      cacheInfo: {},
      applicationsCount: 0,
    });
    expect(await told(own)).toMatchObject({ connectionState: { status: 'Unknown' } });
  });

  it('is version, kinds and counts of one that is in view, and why another is not', async () => {
    counts.set(own.server, 2).set(dead.server, 1);
    await poll(() => registry.view(own) !== undefined && failure() !== undefined, {
      what: 'one is in view, the other known to be dead',
      timeoutMs: 40_000,
    });
    await info.publish();
    expect(await told(own)).toMatchObject({
      connectionState: { status: 'Successful', message: '' },
      serverVersion: registry.current(own.server)?.version.gitVersion,
      cacheInfo: {
        resourcesCount: expect.any(Number) as number,
        apisCount: 2,
        lastCacheSyncTime: expect.stringMatching(/Z$/u) as string,
      },
      applicationsCount: 2,
      apiVersions: expect.arrayContaining(['v1', 'v1/ConfigMap', 'apps/v1/Deployment']) as string[],
    });
    expect(await told(dead)).toMatchObject({
      connectionState: { status: 'Failed', message: expect.stringContaining('ECONNREFUSED') as string },
      applicationsCount: 1,
    });
  });

  it('is written again only once it changed', async () => {
    await info.publish();
    await cache.delete(`cluster|info|${dead.server}`);
    await info.publish();
    expect(await told(dead)).toBeUndefined();
    counts.set(dead.server, 3);
    await info.publish();
    expect(await told(dead)).toMatchObject({ applicationsCount: 3 });
  });

  it('is left to the controller that serves it, once that is another', async () => {
    elsewhere = dead.server;
    await cache.set(`cluster|info|${dead.server}`, '{"by":"another"}', 60_000);
    counts.set(dead.server, 4);
    await info.publish();
    expect(await told(dead)).toEqual({ by: 'another' });
    elsewhere = '';
    await info.publish();
    expect(await told(dead)).toMatchObject({ applicationsCount: 4 });
  });

  it('is measured too, and goes with the cluster', async () => {
    const namespace = await kube.createNamespace('counted');
    const label = `server="${own.server}"`;
    await poll(
      async () =>
        (await metrics.metrics()).includes(`argocd_cluster_events_total{${label},group="",kind="Namespace"}`),
      {
        what: 'events are counted',
      },
    );
    const version = registry.current(own.server)?.version.gitVersion ?? '';
    const text = await metrics.metrics();
    for (const line of [
      `argocd_cluster_info{${label},k8s_version="${version}",name="in-cluster"} 1`,
      `argocd_cluster_connection_status{${label},k8s_version="${version}"} 1`,
      `argocd_cluster_connection_status{server="${dead.server}",k8s_version=""} 0`,
      `argocd_cluster_api_resources{${label}} 2`,
      `argocd_cluster_cache_age_seconds{server="${dead.server}"} -1`,
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/argocd_cluster_api_resource_objects\{server="https:\/\/kubernetes[^}]*\} [1-9]/u);
    clusters = [];
    await registry.refresh();
    await info.publish();
    expect(await told(dead)).toBeUndefined();
    expect(await metrics.metrics()).not.toContain(dead.server);
    await namespace.remove();
  });
});
