import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { startKubelet, writeRunningPod, type Kubelet } from '@tiphys/testing/kubelet';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { appOf } from '../testing/apps.ts';
import { FixtureServer } from '../testing/fixture-server.ts';
import { Cli, root } from '../testing/run-cli.ts';

let kube: KubeEnv;
let kubelet: Kubelet;
let redis: RedisServer;
let cli: Cli;
let namespace: string;

beforeAll(async () => {
  [kube, kubelet, redis] = await Promise.all([
    startKubeEnv({ controllerManager: false, scheduler: false, kwok: false }),
    startKubelet(),
    startRedis(),
  ]);
  for (const name of ['applications', 'appprojects', 'applicationsets']) {
    const text = readFileSync(resolve(root, 'k8s', 'crds', `${name}.yaml`), 'utf8');
    await kube.applyAll([load(text) as Parameters<KubeEnv['apply']>[0]]);
  }
  await kubelet.register(kube, 'here');
  namespace = (await kube.createNamespace('core')).name;
  await kube.apply(application('shop'), namespace);
  await kube.apply(
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default' },
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
    } as never,
    namespace,
  );
  cli = await Cli.create({ KUBECONFIG: kube.kubeconfigPath, ARGOCD_NAMESPACE: namespace });
}, 120_000);

afterAll(async () => {
  await cli.remove();
  await kubelet.close();
  await redis.stop();
  await kube.stop();
});

const application = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name },
  spec: {
    project: 'default',
    source: { repoURL: 'https://git.example.com/shop.git', path: 'deploy', targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
  },
});

const leftBehind = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('tiphys-core-'));

describe('without a server', () => {
  it('the client works with the rights of the kubeconfig, and leaves nothing behind', async () => {
    const before = leftBehind();
    const listed = await cli.run(['app', 'list', '-o', 'name', '--core']);
    expect(listed, listed.stderr).toEqual({ code: 0, stdout: `${namespace}/shop\n`, stderr: '' });
    const set = await cli.run(['app', 'set', 'shop', '--revision', 'v2', '--validate=false', '--core']);
    expect(set, set.stderr).toMatchObject({ code: 0 });
    const shop = await kube.find<ReturnType<typeof application>>({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      name: 'shop',
      namespace,
    });
    expect(shop?.spec.source.targetRevision).toBe('v2');
    expect(leftBehind()).toEqual(before);
    const secrets = await kube.request<{ readonly items: readonly unknown[] }>(
      'GET',
      `/api/v1/namespaces/${namespace}/secrets`,
    );
    expect(secrets.items).toEqual([]);
  });

  it('a login of that kind is remembered', async () => {
    expect(await cli.run(['login', '--core', '--name', 'here'])).toMatchObject({
      code: 0,
      stdout: "Context 'here' updated\n",
    });
    expect((await cli.run(['app', 'get', 'shop', '-o', 'json'])).stdout).toContain('"name": "shop"');
    expect((await cli.run(['context'])).stdout).toMatch(/\*\s+here\s+kubernetes/);
  });

  it('Redis is reached by a port-forward to its pod', async () => {
    await writeRunningPod(kube, { namespace, name: 'redis-0', node: 'here', app: 'argocd-redis' });
    kubelet.listen({ namespace, name: 'redis-0', port: 6379 }, redis.port);
    await cli.run(['app', 'get', 'shop', '--core']);
    expect(kubelet.forwards).toContain(`/portForward/${namespace}/redis-0?port=6379`);
  });

  it('a server without an address is reached by a port-forward to its pod', async () => {
    await writeRunningPod(kube, { namespace, name: 'server-0', node: 'here', app: 'argocd-server' });
    const server = await FixtureServer.start(({ path }) =>
      path === '/api/v1/session' ? { body: { token: 'a.b.c' } } : { body: { items: [appOf()] } },
    );
    try {
      const port = Number(server.address.split(':')[1]);
      kubelet.listen({ namespace, name: 'server-0', port: 8080 }, port);
      const way = ['--port-forward', '--port-forward-namespace', namespace, '--plaintext'];
      const login = await cli.run(['login', ...way, '--username', 'admin', '--password', 'x']);
      expect(login, login.stderr).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("Context 'port-forward' updated"),
      });
      const listed = await cli.run(['app', 'list', '-o', 'name', ...way]);
      expect(listed, listed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('shop') });
      expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer a.b.c');
      const lost = await cli.run(['app', 'list', ...way, '--server-name', 'nosuch']);
      expect(lost).toMatchObject({
        code: 20,
        stderr: expect.stringContaining('no pod with the label app.kubernetes.io/name=nosuch'),
      });
    } finally {
      await server.stop();
    }
  });

  it('the server ends with a client that is killed', async () => {
    const child = cli.start(['app', 'wait', 'shop', '--core', '--sync']);
    await expect.poll(() => childrenOf(child.pid), { timeout: 30_000 }).toHaveLength(1);
    const [server] = childrenOf(child.pid);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(server), { timeout: 30_000 }).toBe(false);
  });

  it('says what is wrong with the kubeconfig', async () => {
    const { code, stderr } = await cli.run(['app', 'list', '--core', '--kube-context', 'nosuch']);
    expect(code).toBe(20);
    expect(stderr).toContain('there is no such context');
  });
});

function childrenOf(pid: number | undefined): readonly number[] {
  const path = `/proc/${String(pid)}/task/${String(pid)}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};
