import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll, privateFolder, type PrivateFolder } from '../processes/index.ts';
import { KubeClient, sharedKubeEnv, startKubeEnv, type KubeAccess, type ObjectLike } from './index.ts';

interface Workload extends ObjectLike {
  readonly status?: {
    readonly availableReplicas?: number;
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
}

const container = (command: string[]): object => ({ name: 'main', image: 'example/app:1', command });

interface AnyObject extends ObjectLike {
  readonly metadata: ObjectLike['metadata'] & { readonly labels?: Record<string, string> };
  readonly spec: object;
}

const deployment = (labels: Record<string, string> = {}): AnyObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', ...labels } },
      spec: { containers: [container(['serve'])] },
    },
  },
});

const job = (command: string[], labels: Record<string, string> = {}): AnyObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work' },
  spec: {
    backoffLimit: 0,
    template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container(command)] } },
  },
});

const pod = (spec: object, labels: Record<string, string> = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'alone', labels },
  spec,
});

describe('the shared cluster', () => {
  let kube: KubeAccess;
  beforeAll(async () => {
    kube = await sharedKubeEnv();
  });

  const inNamespace = async (
    object: ObjectLike,
    expected: (live: Workload) => boolean | undefined,
  ): Promise<Workload> => {
    const namespace = await kube.createNamespace('kube-env');
    await kube.apply(object, namespace.name);
    const { apiVersion, kind, metadata } = object;
    const ref = { apiVersion, kind, name: metadata.name, namespace: namespace.name };
    const live = await poll(
      async () => {
        const found = await kube.find<Workload>(ref);
        return found !== undefined && expected(found) ? found : undefined;
      },
      { what: `${kind} ${metadata.name} gets where it should` },
    );
    await namespace.remove();
    return live;
  };

  const condition = (type: string) => (live: Workload) =>
    live.status?.conditions?.some((one) => one.type === type && one.status === 'True');
  const phase = (name: string) => (live: Workload) => live.status?.phase === name;

  it('reports a version that clients can parse', async () => {
    const version = await kube.request<{ gitVersion: string; major: string; minor: string }>(
      'GET',
      '/version',
    );
    expect(version).toMatchObject({ gitVersion: 'v1.36.3', major: '1', minor: '36' });
  });

  it('makes a Deployment available', async () => {
    await inNamespace(deployment(), (live) => live.status?.availableReplicas === 2);
  });

  it.each([
    ['completes a Job', job(['true']), 'Complete'],
    ['fails a Job whose command is false', job(['false']), 'Failed'],
    ['fails a Job whose shell exits with an error', job(['sh', '-c', 'echo oh; exit 3']), 'Failed'],
    ['fails a Job labelled rec=fail', job(['true'], { rec: 'fail' }), 'Failed'],
  ])('%s', async (_, object, type) => {
    await inNamespace(object, condition(type));
  });

  it('completes a bare pod that never restarts, and keeps one that does running', async () => {
    await inNamespace(pod({ restartPolicy: 'Never', containers: [container(['true'])] }), phase('Succeeded'));
    await inNamespace(pod({ containers: [container(['serve'])] }), condition('Ready'));
  });

  it('leaves a pod labelled rec=hang unready and sends one labelled rec=crash into CrashLoopBackOff', async () => {
    const spec = { containers: [container(['serve'])] };
    const hanging = await inNamespace(pod(spec, { rec: 'hang' }), phase('Running'));
    expect(condition('Ready')(hanging)).toBe(false);
    const crashing = await inNamespace(pod(spec, { rec: 'crash' }), phase('Running'));
    expect(crashing.status?.containerStatuses?.[0]?.state.waiting?.reason).toBe('CrashLoopBackOff');
  });

  it('leaves a Job pod labelled rec=busy running', async () => {
    const spec = { restartPolicy: 'Never', containers: [container(['true'])] };
    const live = await inNamespace(pod(spec, { rec: 'busy' }), phase('Running'));
    expect(condition('Ready')(live)).toBe(true);
  });

  it('lets a ServiceAccount do what RBAC grants it and nothing else', async () => {
    const namespace = await kube.createNamespace('rbac');
    const token = await kube.createServiceAccountToken(namespace.name, 'reader');
    const { apiUrl, caPem } = kube;
    const reader = new KubeClient({ apiUrl, caPem, token });
    const path = `/api/v1/namespaces/${namespace.name}/configmaps`;
    expect((await reader.send({ method: 'GET', path })).status).toBe(403);
    const meta = { name: 'reader', namespace: namespace.name };
    const rbac = 'rbac.authorization.k8s.io';
    await kube.applyAll([
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: meta,
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
      } as ObjectLike,
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: meta,
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: namespace.name }],
      } as ObjectLike,
    ]);
    await poll(async () => (await reader.send({ method: 'GET', path })).status === 200, { what: 'may list' });
    expect((await reader.send({ method: 'GET', path: '/api/v1/secrets' })).status).toBe(403);
    await reader.close();
    await namespace.remove();
  });
});

describe('startKubeEnv', () => {
  let logs: PrivateFolder;
  beforeAll(async () => {
    logs = await privateFolder('audit');
  });
  afterAll(() => logs.remove());

  const light = { controllerManager: false, scheduler: false, kwok: false };

  it('runs several at once, keeps data over a crash of the API server, audits, and leaves nothing behind', async () => {
    const auditLogPath = join(logs.path, 'audit.log');
    const [one, two] = await Promise.all([startKubeEnv({ ...light, auditLogPath }), startKubeEnv(light)]);
    await one.createNamespace('only-one');
    await one.restartApiServer();
    const names = async (env: KubeClient): Promise<string[]> => {
      const { items } = await env.request<{ items: ObjectLike[] }>('GET', '/api/v1/namespaces');
      return items.map((item) => item.metadata.name).filter((name) => name.startsWith('only-'));
    };
    expect(await names(one)).toHaveLength(1);
    expect(await names(two)).toHaveLength(0);
    expect(readFileSync(auditLogPath, 'utf8')).toContain('"requestURI":"/api/v1/namespaces"');
    await one.stopApiServer();
    await expect(names(one)).rejects.toThrow();
    await Promise.all([one.stop(), two.stop()]);
    expect(existsSync(one.folder)).toBe(false);
    await expect(names(two)).rejects.toThrow();
  });
});
