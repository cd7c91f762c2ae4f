import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  KubeClient,
  sharedKubeEnv,
  type KubeAccess,
  type ObjectLike,
  type TestNamespace,
} from '../kube-env/index.ts';
import { poll, privateFolder, type PrivateFolder } from '../processes/index.ts';
import { startPodRunner, type PodRunner } from './index.ts';

interface Echo {
  readonly pid: number;
  readonly flag: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const fixture = join(import.meta.dirname, 'fixtures', 'echo.ts');

/** A Deployment whose pod is the echo fixture. */
const echo = (name: string, args: string[], spec: object = {}): ObjectLike => {
  const labels = { app: name };
  const container = {
    name,
    image: 'example/echo:1',
    command: ['node'],
    args: [fixture, '--port', '8080', ...args],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
    env: [
      { name: 'READY_AFTER_MS', value: '100' },
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
      { name: 'PEER', value: 'http://back:80/x' },
      { name: 'CERTIFICATES', value: '/etc/certs' },
    ],
    volumeMounts: [
      { name: 'certs', mountPath: '/etc/certs' },
      { name: 'scratch', mountPath: '/scratch' },
    ],
  };
  const volumes = [
    {
      name: 'certs',
      projected: { sources: [{ secret: { name: 'login' } }, { configMap: { name: 'settings' } }] },
    },
    { name: 'scratch', emptyDir: {} },
  ];
  const template = { metadata: { labels }, spec: { containers: [container], volumes, ...spec } };
  const deployment = { selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: deployment } as ObjectLike;
};

describe('the pod runner', () => {
  let kube: KubeAccess;
  let namespace: TestNamespace;
  let logs: PrivateFolder;
  let runner: PodRunner;
  const events: string[] = [];

  const ask = async (workload: string): Promise<Echo> => {
    const response = await fetch(`http://${runner.portOf(workload, 'http')}/`);
    return (await response.json()) as Echo;
  };
  const fileOf = async (workload: string, path: string): Promise<string> =>
    (await fetch(`http://${runner.portOf(workload, 8080)}/file?path=${encodeURIComponent(path)}`)).text();

  beforeAll(async () => {
    kube = await sharedKubeEnv();
    namespace = await kube.createNamespace('runner');
    logs = await privateFolder('logs');
    const apply = (object: object): Promise<ObjectLike> => kube.apply(object as ObjectLike, namespace.name);
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { level: 'debug' },
    });
    await apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login' },
      stringData: { auth: 'pass' },
    });
    await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'front' } });
    await apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'back' },
      spec: { selector: { app: 'back' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    await apply(echo('front', ['--back=back:80', '/scratch/x'], { serviceAccountName: 'front' }));
    await apply(echo('back', [], { automountServiceAccountToken: false }));
    runner = await startPodRunner({
      kube,
      namespace: namespace.name,
      path: [join(process.execPath, '..'), '/usr/bin', '/bin'],
      logFolder: logs.path,
      onEvent: (line) => events.push(line),
    });
    await runner.awaitReady();
  });
  afterAll(async () => {
    await runner.stop();
    await namespace.remove();
    await logs.remove();
  });

  it('localises arguments, environment, addresses and mounts', async () => {
    const { flag, args, env } = await ask('front');
    const back = runner.addressOf('back', 80);
    expect(flag).toBe('--port');
    expect(args[0]).toBe(`--back=${back}`);
    expect(existsSync(join(args[1] ?? '', '..'))).toBe(true);
    expect(env['PEER']).toBe(`http://${back}/x`);
    expect(env['LEVEL']).toBe('debug');
    expect(await fileOf('front', join(env['CERTIFICATES'] ?? '', 'auth'))).toBe('pass');
  });

  it('gives a token of the pod’s own ServiceAccount, and none where the template says so', async () => {
    const { env } = await ask('front');
    const kubeconfig = JSON.parse(await fileOf('front', env['KUBECONFIG'] ?? '')) as {
      users: { user: { tokenFile: string } }[];
    };
    const tokenFile = kubeconfig.users[0]?.user.tokenFile ?? '';
    const { apiUrl, caPem } = kube;
    const client = new KubeClient({ apiUrl, caPem, tokenFile });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await client.request<{ status: { userInfo: { username: string } } }>('POST', path, review);
    expect(answer.status.userInfo.username).toBe(`system:serviceaccount:${namespace.name}:front`);
    await client.close();
    expect((await ask('back')).env).not.toHaveProperty('KUBECONFIG');
  });

  it('starts a crashed or killed process again at the same address', async () => {
    const { pid } = await ask('back');
    runner.kill('back');
    const next = await poll(async () => (await ask('back')).pid !== pid && ask('back'), {
      what: 'back is back',
    });
    expect(runner.pids('back')).toEqual({ 'back-0': next.pid });
    expect(events.join('\n')).toContain('back-0 ended (SIGKILL)');
  });

  it('keeps a workload down until it is wanted again', async () => {
    await runner.down('back');
    await expect(ask('back')).rejects.toThrow();
    expect(runner.pids('back')).toEqual({});
    await runner.up('back');
    await runner.awaitReady({ workload: 'back' });
    expect((await ask('back')).flag).toBe('--port');
  });

  it('brings mounted files up to date and replaces only pods whose template changed', async () => {
    const front = await ask('front');
    const back = await ask('back');
    const changed = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { level: 'warn' },
    };
    await kube.apply(changed, namespace.name);
    await runner.refreshVolumes();
    expect(await fileOf('front', join(front.env['CERTIFICATES'] ?? '', 'level'))).toBe('warn');
    await kube.apply(echo('back', ['--new'], { automountServiceAccountToken: false }), namespace.name);
    await runner.reload();
    await runner.awaitReady();
    expect((await ask('front')).pid).toBe(front.pid);
    const next = await ask('back');
    expect(next.pid).not.toBe(back.pid);
    expect(next.args).toEqual(['--new']);
    expect(next.env['LEVEL']).toBe('warn');
  });

  it('says why a pod does not get ready', async () => {
    const other = await kube.createNamespace('runner');
    const broken = echo('broken', []) as ObjectLike & {
      spec: { template: { spec: { containers: { command: string[] }[] } } };
    };
    broken.spec.template.spec.containers.forEach(
      (container) => (container.command = ['node', '--no-such-flag']),
    );
    for (const name of ['settings', 'login']) {
      const kind = name === 'login' ? 'Secret' : 'ConfigMap';
      const data = {
        apiVersion: 'v1',
        kind,
        metadata: { name },
        [kind === 'Secret' ? 'stringData' : 'data']: { level: 'x' },
      };
      await kube.apply(data, other.name);
    }
    await kube.apply(broken, other.name);
    const options = {
      kube,
      namespace: other.name,
      path: [join(process.execPath, '..')],
      logFolder: logs.path,
    };
    const failing = await startPodRunner(options);
    await expect(failing.awaitReady({ timeoutMs: 20_000 })).rejects.toThrow(/keeps crashing[^]*no-such-flag/);
    await failing.stop('SIGKILL');
    await other.remove();
  });
});
