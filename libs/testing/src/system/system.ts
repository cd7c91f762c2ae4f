import { dirname, join, resolve } from 'node:path';
import { ensureTools } from '@tiphys/toolchain';
import type { KubeAccess } from '../kube-env/index.ts';
import { startPodRunner, type PodRunner } from '../pod-runner/index.ts';
import { poll } from '../processes/index.ts';
import { installChart, uninstallChart, type ChartRelease } from './chart.ts';

export const repositoryRoot: string = resolve(import.meta.dirname, '..', '..', '..', '..');

const onLoopback = { extraArgs: ['--address', '127.0.0.1'] };

/** Processes of this machine are reached from this machine only. */
const loopbackOnly = {
  server: onLoopback,
  repoServer: onLoopback,
  controller: onLoopback,
  notifications: onLoopback,
  redis: { extraArgs: ['--bind', '127.0.0.1'] },
};

export interface SystemOptions {
  readonly kube: KubeAccess;
  /** Default `argocd`. */
  readonly namespace?: string;
  /** Default `argocd`. */
  readonly release?: string;
  /** Values of the chart beyond its own; later ones win. */
  readonly values?: object | readonly object[];
  readonly logFolder: string;
  /** Tools of the image that are built only where they are asked for. */
  readonly tools?: readonly string[];
  /** Added to the environment of every container. */
  readonly env?: Readonly<Record<string, string>>;
  /** A real cluster would run the pods too: scale them to none there. Default false. */
  readonly onlyHere?: boolean;
  /** Default 60 000. */
  readonly readyTimeoutMs?: number;
  readonly onEvent?: (line: string) => void;
  /** Waits before a service that ended starts again, milliseconds; default as `PodRunnerOptions`. */
  readonly backoffMs?: readonly number[];
}

/** The whole of Tiphys: installed by its chart, its pods run as processes of this machine. */
export interface TiphysSystem {
  readonly kube: KubeAccess;
  readonly namespace: string;
  readonly runner: PodRunner;
  /** Where the api-server answers, such as `https://127.0.0.1:23456`. */
  readonly apiUrl: string;
  readonly adminPassword: string;
  /** Upgrades the release with other values and replaces the pods that this changes. */
  upgrade(values: object | readonly object[]): Promise<void>;
  /** Ends the processes and leaves the release as it is. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  uninstall(): Promise<void>;
}

/**
 * Installs the chart with the real helm, runs what it made, and waits until all of it is ready.
 * The services must have been built (`npm run build`).
 */
export async function startSystem(options: SystemOptions): Promise<TiphysSystem> {
  const { kube, namespace = 'argocd', release = 'argocd' } = options;
  const chart = join(repositoryRoot, 'helm', 'tiphys');
  const base = { chart, release, namespace, kubeconfigPath: kube.kubeconfigPath };
  const install = (values: object | readonly object[]): Promise<void> =>
    installChart({ ...base, values: [loopbackOnly, values].flat() } satisfies ChartRelease);
  await install(options.values ?? {});
  const runner = await startPodRunner({
    kube,
    namespace,
    selector: 'app.kubernetes.io/part-of=argocd',
    path: await programFolders(options.tools ?? []),
    logFolder: options.logFolder,
    leastReplicas: options.onlyHere === true ? 1 : 0,
    env: options.env ?? {},
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
  });
  try {
    if (options.onlyHere === true) await scaleToNone(kube, namespace);
    await runner.awaitReady({ timeoutMs: options.readyTimeoutMs ?? 60_000 });
    const apiUrl = await addressOf(kube, runner, namespace);
    const adminPassword = await initialPassword(kube, namespace);
    return {
      kube,
      namespace,
      runner,
      apiUrl,
      adminPassword,
      upgrade: async (values) => {
        await install(values);
        await runner.reload();
        await runner.awaitReady();
      },
      stop: (signal = 'SIGTERM') => runner.stop(signal),
      uninstall: () => uninstallChart(base),
    };
  } catch (error) {
    await runner.stop('SIGKILL');
    throw error;
  }
}

/** The folders that take the place of the image's: the services, the pinned renderers, Node, the system. */
async function programFolders(more: readonly string[]): Promise<string[]> {
  const tools = await ensureTools(['helm', 'kustomize', 'jsonnet', 'git', 'redis-server', ...more]);
  const found = [...tools.values()].map((path) => dirname(path));
  return [
    ...new Set([
      join(repositoryRoot, 'bin'),
      dirname(process.execPath),
      ...found,
      ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    ]),
  ];
}

async function addressOf(kube: KubeAccess, runner: PodRunner, namespace: string): Promise<string> {
  const params = await kube.request<{ data?: Record<string, string> }>(
    'GET',
    `/api/v1/namespaces/${namespace}/configmaps/argocd-cmd-params-cm`,
  );
  const scheme = params.data?.['server.insecure'] === 'true' ? 'http' : 'https';
  return `${scheme}://${runner.addressOf('argocd-server', 443)}`;
}

async function initialPassword(kube: KubeAccess, namespace: string): Promise<string> {
  interface Secret {
    data?: Record<string, string>;
  }
  const ref = { apiVersion: 'v1', kind: 'Secret', name: 'argocd-initial-admin-secret', namespace };
  return poll(
    async () => {
      const password = (await kube.find<Secret>(ref))?.data?.['password'];
      return password === undefined ? undefined : Buffer.from(password, 'base64').toString('utf8');
    },
    { what: 'the initial admin password is there', timeoutMs: 20_000 },
  );
}

async function scaleToNone(kube: KubeAccess, namespace: string): Promise<void> {
  const selector = encodeURIComponent('app.kubernetes.io/part-of=argocd');
  for (const plural of ['deployments', 'statefulsets']) {
    const path = `/apis/apps/v1/namespaces/${namespace}/${plural}`;
    const { items } = await kube.request<{ items: { metadata: { name: string } }[] }>(
      'GET',
      `${path}?labelSelector=${selector}`,
    );
    for (const { metadata } of items) {
      const patch = { spec: { replicas: 0 } };
      await kube.request('PATCH', `${path}/${metadata.name}/scale`, patch, 'application/merge-patch+json');
    }
  }
}
