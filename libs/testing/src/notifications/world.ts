import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@tiphys/model';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { parseYamlDocuments } from '@tiphys/yaml';
import { kubeconfigOf, sharedKubeEnv, type KubeAccess } from '../kube-env/index.ts';
import { poll, privateFolder, type PrivateFolder } from '../processes/index.ts';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '../receivers/index.ts';
import { startRedis, type RedisServer } from '../redis/index.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy/index.ts';
import { exampleConfig, secrets } from './example-config.ts';
import { bundleService, launchService, type Service } from './service-process.ts';

/** One installation of the service with everything around it, of its own. */
export interface World {
  readonly kube: KubeAccess;
  readonly namespace: string;
  readonly redis: RedisServer;
  readonly hook: HttpReceiver;
  readonly slack: HttpReceiver;
  readonly mail: MailReceiver;
  /** The link between the service and the API server. */
  readonly apiLink: TcpProxy;
  /** Starts the service, and waits until it is ready unless told otherwise. */
  start(options?: { readonly wait?: boolean }): Promise<Service>;
  /** Sets entries of the config map; null removes one. */
  configure(entries: Readonly<Record<string, string | null>>): Promise<void>;
  createApp(
    name: string,
    annotations?: Readonly<Record<string, string>>,
    labels?: Readonly<Record<string, string>>,
  ): Promise<void>;
  setStatus(name: string, status: JsonObject): Promise<void>;
  /** Sent-keys of an Application. */
  sentKeys(name: string): Promise<Readonly<Record<string, number>>>;
  /** All that the service printed, of every start. */
  logs(): string;
  stop(): Promise<void>;
}

/** Applies the CRDs once; each world is a namespace. */
export async function installCrds(): Promise<void> {
  const kube = await sharedKubeEnv();
  const crds = ['applications', 'appprojects'].map((name) => {
    const url = new URL(`../../../../k8s/crds/${name}.yaml`, import.meta.url);
    return parseYamlDocuments(readFileSync(url, 'utf8'), { file: name })[0];
  });
  await kube.applyAll(crds as unknown as Parameters<KubeAccess['applyAll']>[0]);
}

export async function createWorld(): Promise<World> {
  const kube = await sharedKubeEnv();
  const { name: namespace } = await kube.createNamespace('notify');
  const [redis, hook, slack, mail, folder, apiLink, goWasm] = await Promise.all([
    startRedis(),
    startHttpReceiver(),
    startHttpReceiver({ answer: () => ({ body: '{"ok":true}' }) }),
    startMailReceiver({ login: { username: 'cd', password: secrets['mail-password'] } }),
    privateFolder('notifications'),
    startTcpProxy(Number(new URL(kube.apiUrl).port)),
    ensureGoWasm(),
  ]);
  const program = await bundleService(folder.path);
  const files = await writeFiles(kube, { folder, namespace, apiPort: apiLink.port });
  const services: Service[] = [];
  const logFile = join(folder.path, 'service.log');
  const start = async ({ wait = true }: { readonly wait?: boolean } = {}): Promise<Service> => {
    const service = launchService({
      ...files,
      program,
      redis,
      goWasm,
      namespace,
      logFile,
      index: services.length,
    });
    services.push(service);
    if (wait) await poll(async () => (await service.health()) === 200, { what: 'the service to be ready' });
    return service;
  };
  const world: World = {
    ...{ kube, namespace, redis, hook, slack, mail, apiLink, start },
    ...objectsOf(kube, namespace),
    logs: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await Promise.all(services.map((service) => service.kill()));
      await Promise.all([redis.stop(), hook.stop(), slack.stop(), mail.stop(), apiLink.close()]);
      await folder.remove();
    },
  };
  await world.configure(exampleConfig(world));
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argocd-notifications-secret', namespace },
    stringData: secrets,
  } as never);
  await kube.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace },
    data: { url: 'https://cd.example.com' },
  } as never);
  return world;
}

function objectsOf(
  kube: KubeAccess,
  namespace: string,
): Pick<World, 'configure' | 'createApp' | 'setStatus' | 'sentKeys'> {
  const apps = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
  return {
    async configure(data) {
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const found = await kube.send({ method: 'GET', path: `${path}/argocd-notifications-cm` });
      if (found.status === 404) {
        await kube.request('POST', path, { metadata: { name: 'argocd-notifications-cm' }, data });
        return;
      }
      await kube.request(
        'PATCH',
        `${path}/argocd-notifications-cm`,
        { data },
        'application/merge-patch+json',
      );
    },
    async createApp(name, annotations = {}, labels = {}) {
      await kube.request('POST', apps, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, annotations, labels },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'x' },
          source: { repoURL: 'https://git.example.com/x.git', path: '.' },
        },
      });
    },
    async setStatus(name, status) {
      await kube.request('PATCH', `${apps}/${name}`, { status }, 'application/merge-patch+json');
    },
    async sentKeys(name) {
      const app = await kube.request<{ metadata: { annotations?: Record<string, string> } }>(
        'GET',
        `${apps}/${name}`,
      );
      const text = app.metadata.annotations?.['notified.notifications.argoproj.io'];
      return text === undefined ? {} : (JSON.parse(text) as Record<string, number>);
    },
  };
}

interface Files {
  readonly kubeconfig: string;
  readonly cacheKey: string;
}

async function writeFiles(
  kube: KubeAccess,
  {
    folder,
    namespace,
    apiPort,
  }: { readonly folder: PrivateFolder; readonly namespace: string; readonly apiPort: number },
): Promise<Files> {
  const kubeconfig = join(folder.path, 'kubeconfig');
  const cacheKey = join(folder.path, 'cache-key');
  await writeFile(
    kubeconfig,
    kubeconfigOf({ ...kube.connection, apiUrl: `https://127.0.0.1:${apiPort}` }, { namespace }),
  );
  await writeFile(cacheKey, randomBytes(32).toString('base64'));
  return { kubeconfig, cacheKey };
}
