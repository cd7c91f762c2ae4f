import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterOfSecret, inClusterConfig, loadKubeconfig, makeClusterConnector } from '@tiphys/adapter-kube';
import type { ClusterConfig, CommandRunner } from '@tiphys/ports';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { createLogger } from '@tiphys/runtime/logging';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startTcpProxy, type TcpProxy } from '@tiphys/testing/tcp-proxy';
import { defaultTracking } from '@tiphys/tracking';
import { ClusterRegistry } from './cluster-registry.ts';

let kube: KubeAccess;
let link: TcpProxy;
let registry: ClusterRegistry;
let far: ClusterConfig;
let told: string[];
let mistakes: string[];
let isInClusterEnabled: boolean;

/** No cluster here names a program for its login. */
const commandRunner: CommandRunner = {
  run: () => Promise.reject(new Error('nothing is to be run')),
};

beforeEach(async () => {
  kube = await sharedKubeEnv();
  link = await startTcpProxy(Number(new URL(kube.apiUrl).port));
  far = farCluster(await tokenOf(kube));
  told = [];
  mistakes = [];
  isInClusterEnabled = true;
  const login = await loadKubeconfig({ clock, path: kube.kubeconfigPath });
  registry = new ClusterRegistry({
    clock,
    connector: makeClusterConnector({ clock, own: login.connection, commandRunner }),
    inCluster: inClusterConfig(),
    clusters: () => [far],
    mistakes: () => mistakes,
    isInClusterEnabled: () => isInClusterEnabled,
    viewOptions: () => ({ tracking: defaultTracking, filters: { exclusions: [], inclusions: [] } }),
    onChange: () => undefined,
    onKinds: () => undefined,
    onConnection: (server) => told.push(server),
    logger: createLogger({ service: 'test', level: 'error' }),
  });
});

afterEach(async () => {
  await registry.reset();
  await link.close();
});

async function tokenOf(access: KubeAccess): Promise<string> {
  const { name } = await access.createNamespace('registry');
  await access.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'manager', namespace: name }],
  } as never);
  return access.createServiceAccountToken(name, 'manager');
}

function farCluster(bearerToken: string): ClusterConfig {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const config = JSON.stringify({ bearerToken, tlsClientConfig: { caData: base64(kube.caPem) } });
  const server = `https://127.0.0.1:${link.port}`;
  return clusterOfSecret({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'far', namespace: 'argocd' },
    data: { name: base64('far'), server: base64(server), config: base64(config) },
  });
}

const isConnected = (): boolean => {
  try {
    return registry.view(far) !== undefined;
  } catch {
    return false;
  }
};

const connected = (): Promise<boolean> =>
  poll(isConnected, { what: 'the cluster is in view', timeoutMs: 40_000 });

const refusal = (): Promise<string> =>
  poll(
    () => {
      try {
        registry.view(far);
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    { what: 'the cluster is known not to answer', timeoutMs: 40_000 },
  );

describe('ClusterRegistry', () => {
  it('tells when a cluster is connected, lost, and back', async () => {
    expect(registry.view(far)).toBeUndefined();
    await connected();
    expect(told).toEqual([far.server]);
    link.cut();
    expect(await refusal()).toContain(`failed to get cluster info for "${far.server}"`);
    expect(told).toHaveLength(2);
    link.heal();
    await connected();
    expect(told).toHaveLength(3);
  }, 120_000);

  it('tells a cluster that nobody knows from one whose secret cannot be read', () => {
    const resolve = () => registry.resolve({ name: 'other', namespace: 'a' });
    expect(resolve).toThrow(expect.objectContaining({ code: 'invalid' }));
    mistakes = ['cluster secret argocd/other, key server: it is required'];
    const message = `unable to find destination server: there are no clusters with this name: other; ${mistakes.join()}`;
    expect(resolve).toThrow(expect.objectContaining({ code: 'unavailable', message }));
    expect(registry.resolve({ name: 'far', namespace: 'a' })).toMatchObject({ server: far.server });
  });

  it('knows the own cluster unless that is switched off', () => {
    const own = { server: 'https://kubernetes.default.svc', namespace: 'a' };
    expect(registry.resolve(own)).toMatchObject({ name: 'in-cluster' });
    expect(registry.states().map(({ config }) => config.name)).toEqual(['far', 'in-cluster']);
    isInClusterEnabled = false;
    expect(() => registry.resolve(own)).toThrow('cluster "https://kubernetes.default.svc" not found');
    expect(registry.states().map(({ config }) => config.name)).toEqual(['far']);
  });

  it('keeps a view through a new name, and lists anew where the secret asks for it', async () => {
    registry.view(far);
    await connected();
    const view = registry.view(far);
    far = { ...far, name: 'renamed', labels: { tier: 'a' } };
    await registry.refresh();
    expect(registry.view(far)).toBe(view);
    expect(registry.states()[0]?.config.name).toBe('renamed');
    far = { ...far, annotations: { 'argocd.argoproj.io/refresh': '2026-01-01T00:00:00Z' } };
    await registry.refresh();
    expect(registry.view(far)).toBeUndefined();
    await connected();
    expect(registry.view(far)).not.toBe(view);
  }, 120_000);

  it('holds nobody up while a cluster hangs', async () => {
    link.mute();
    for (let times = 0; times < 50; times += 1) expect(registry.view(far)).toBeUndefined();
    expect(link.accepted).toBeLessThan(3);
    far = farCluster('another');
    await registry.refresh();
    link.heal();
    expect(registry.view(far)).toBeUndefined();
    expect(await refusal()).toMatch(/unauthorized/i);
  }, 120_000);
});
