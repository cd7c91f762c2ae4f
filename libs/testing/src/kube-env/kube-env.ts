import { join } from 'node:path';
import { ensureTools, progressPrinter } from '@tiphys/toolchain';
import {
  freePorts,
  poll,
  privateFolder,
  waitReady,
  type ManagedProcess,
  type PrivateFolder,
} from '../processes/index.ts';
import { KubeAccess } from './access.ts';
import {
  makeHome,
  startApiServerProcess,
  startControllerManager,
  startEtcd,
  startKwok,
  startScheduler,
  type ControlPlaneSettings,
  type ServerName,
} from './control-plane.ts';
import { writeControlPlaneFiles } from './files.ts';

export interface KubeEnvOptions {
  /** Default true. Without it no ServiceAccounts, so no pods, and namespaces never end. */
  readonly controllerManager?: boolean;
  /** Default true. */
  readonly scheduler?: boolean;
  /** Default true: nodes and pods come alive. */
  readonly kwok?: boolean;
  /** Nodes that kwok plays; default 1. */
  readonly nodes?: number;
  /** Where the API server writes an audit line (level Metadata) for each request; default: nowhere. */
  readonly auditLogPath?: string;
  /** Told of slow steps, such as building the binaries; default: printed to standard error. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Starts a real control plane on free loopback ports with its own certificates.
 * Any number may run at once. It never outlives this process, however that ends.
 *
 * @throws ToolchainError when a binary can't be had; TiphysError with the end of
 * the log when a server ends while starting.
 */
export async function startKubeEnv(options: KubeEnvOptions = {}): Promise<KubeEnv> {
  const wanted = { controllerManager: true, scheduler: true, kwok: true, ...options };
  const names: ServerName[] = ['etcd', 'kube-apiserver'];
  if (wanted.controllerManager) names.push('kube-controller-manager');
  if (wanted.scheduler) names.push('kube-scheduler');
  if (wanted.kwok) names.push('kwok');
  const print = options.onProgress ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const tools = await ensureTools(names, { onProgress: progressPrinter(print) });
  const folder = await privateFolder('kube');
  const [etcd = 0, etcdPeer = 0, api = 0] = await freePorts(3);
  const files = await writeControlPlaneFiles(folder.path, `https://127.0.0.1:${api}`);
  await makeHome(folder.path);
  const audit = options.auditLogPath === undefined ? {} : { auditLogPath: options.auditLogPath };
  const settings = { files, tools, ports: { etcd, etcdPeer, api }, ...audit };
  const env = new KubeEnv(settings, { folder, servers: new Set(names) });
  try {
    await env.start(options.nodes ?? 1);
    return env;
  } catch (error) {
    await env.stop();
    throw error;
  }
}

/** A running control plane and the administrator's access to it. */
export class KubeEnv extends KubeAccess {
  readonly #settings: ControlPlaneSettings;
  readonly #folder: PrivateFolder;
  readonly #wanted: ReadonlySet<ServerName>;
  readonly #servers = new Map<ServerName, ManagedProcess>();

  constructor(
    settings: ControlPlaneSettings,
    { folder, servers }: { folder: PrivateFolder; servers: ReadonlySet<ServerName> },
  ) {
    const { files, ports } = settings;
    super(
      { apiUrl: `https://127.0.0.1:${ports.api}`, caPem: files.caPem, ...files.admin },
      {
        kubeconfigPath: files.path('admin.kubeconfig'),
        hasControllers: servers.has('kube-controller-manager'),
      },
    );
    this.#settings = settings;
    this.#folder = folder;
    this.#wanted = servers;
  }

  /** The folder of its data and of one log a server. */
  get folder(): string {
    return this.#folder.path;
  }

  /** The log file of one of its servers. */
  logFile(server: ServerName): string {
    return join(this.folder, `${server}.log`);
  }

  async start(nodes: number): Promise<void> {
    const names = this.#wanted;
    this.#servers.set('etcd', await startEtcd(this.#settings));
    await this.startApiServer();
    if (names.has('kube-controller-manager')) {
      this.#servers.set('kube-controller-manager', startControllerManager(this.#settings));
    }
    if (names.has('kube-scheduler')) this.#servers.set('kube-scheduler', startScheduler(this.#settings));
    if (names.has('kwok')) await this.#addNodes(nodes);
    if (names.has('kube-controller-manager')) await this.#awaitControllers();
    if (names.has('kwok')) await this.#awaitNodes();
  }

  /** Starts the API server after stopApiServer, on the same port with the same data, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    const server = startApiServerProcess(this.#settings);
    this.#servers.set('kube-apiserver', server);
    await waitReady(server, async () => (await this.send({ method: 'GET', path: '/readyz' })).status === 200);
  }

  /** Ends the API server at once (SIGKILL, the default) or in order (SIGTERM); etcd and its data stay. */
  async stopApiServer(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const server = this.#servers.get('kube-apiserver');
    server?.signal(signal);
    await server?.exited;
  }

  async restartApiServer(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    await this.stopApiServer(signal);
    await this.startApiServer();
  }

  /** Ends every server and removes the data. */
  async stop(): Promise<void> {
    await this.close();
    const servers = [...this.#servers.values()];
    for (const server of servers) server.signal('SIGKILL');
    await Promise.all(servers.map((server) => server.exited));
    await this.#folder.remove();
  }

  async #addNodes(count: number): Promise<void> {
    this.#servers.set('kwok', startKwok(this.#settings));
    for (let index = 0; index < count; index += 1) {
      const name = `node-${index}`;
      const metadata = { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } };
      await this.request('POST', '/api/v1/nodes', { metadata });
    }
  }

  async #awaitControllers(): Promise<void> {
    const manager = this.#servers.get('kube-controller-manager');
    const path = '/api/v1/namespaces/default/serviceaccounts/default';
    if (manager)
      await waitReady(manager, async () => (await this.send({ method: 'GET', path })).status === 200);
  }

  async #awaitNodes(): Promise<void> {
    interface NodeList {
      items: { spec: { taints?: unknown[] }; status: { conditions?: { type: string; status: string }[] } }[];
    }
    const kwok = this.#servers.get('kwok');
    const allReady = async (): Promise<boolean> => {
      const { items } = await this.request<NodeList>('GET', '/api/v1/nodes');
      return items.every(({ status }) =>
        status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
      );
    };
    if (kwok) await waitReady(kwok, () => poll(allReady, { what: 'every node is Ready', timeoutMs: 20_000 }));
  }
}
