import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { KubeAccess } from '../kube-env/index.ts';
import { freePorts, privateFolder, type PrivateFolder } from '../processes/index.ts';
import { readClusterConfig } from './cluster-config.ts';
import { LocalPod } from './local-pod.ts';
import type { PodSpec, Service, Workload } from './objects.ts';
import { placeServices } from './rewrite.ts';

export interface PodRunnerOptions {
  readonly kube: KubeAccess;
  readonly namespace: string;
  /** Label selector of the Deployments and StatefulSets to run; default: all of the namespace. */
  readonly selector?: string;
  /** Folders searched for the containers' commands, first wins. */
  readonly path: readonly string[];
  /** One log a container; made when it isn't there. */
  readonly logFolder: string;
  /** Added to every container, under what its template says. */
  readonly env?: Readonly<Record<string, string>>;
  /** Pods of a workload that is scaled to fewer in the cluster; default 0. */
  readonly leastReplicas?: number;
  /** Waits before a pod that ended starts again, milliseconds; default: at once, then doubling up to 8 s. */
  readonly backoffMs?: readonly number[];
  /** Told of crashes and restarts. */
  readonly onEvent?: (line: string) => void;
}

const volumeRefreshMs = 5_000;

/**
 * Runs the pods of the Deployments and StatefulSets in a namespace as processes
 * of this machine: environment and volumes from its config maps and secrets, a
 * token of the pod's own ServiceAccount, local ports and addresses, restarts.
 */
export async function startPodRunner(options: PodRunnerOptions): Promise<PodRunner> {
  await mkdir(options.logFolder, { recursive: true });
  const folder = await privateFolder('pods');
  const runner = new PodRunner(options, folder);
  try {
    await runner.reload();
    return runner;
  } catch (error) {
    await runner.stop('SIGKILL');
    throw error;
  }
}

export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #folder: PrivateFolder;
  readonly #refresher: NodeJS.Timeout;
  #pods: LocalPod[] = [];
  /** The templates that the pods were made from, by pod. */
  #made = new Map<string, string>();
  /** Kept over a pod's restarts and replacements. */
  readonly #ports = new Map<string, number>();
  #services: ReadonlyMap<string, number> = new Map();

  constructor(options: PodRunnerOptions, folder: PrivateFolder) {
    this.#options = options;
    this.#folder = folder;
    this.#refresher = setInterval(() => void this.#refreshQuietly(), volumeRefreshMs).unref();
  }

  /** Where everything is that the pods write. */
  get folder(): string {
    return this.#folder.path;
  }

  get pods(): readonly LocalPod[] {
    return this.#pods;
  }

  /** Reads the workloads anew: pods whose template changed are replaced, others stay as they are. */
  async reload(): Promise<void> {
    const { workloads, services } = await this.#read();
    const least = this.#options.leastReplicas ?? 0;
    const wanted = workloads.flatMap((workload) =>
      Array.from({ length: Math.max(workload.spec.replicas ?? 1, least) }, (_, index) => ({
        workload,
        name: `${workload.metadata.name}-${index}`,
        made: JSON.stringify(workload.spec.template),
      })),
    );
    const keep = new Set(
      wanted.filter((one) => this.#made.get(one.name) === one.made).map((one) => one.name),
    );
    await Promise.all(this.#pods.filter((pod) => !keep.has(pod.name)).map((pod) => pod.down('SIGTERM')));
    const kept = this.#pods.filter((pod) => keep.has(pod.name));
    const fresh = await Promise.all(
      wanted.filter(({ name }) => !keep.has(name)).map(({ workload, name }) => this.#makePod(workload, name)),
    );
    this.#pods = [...kept, ...fresh];
    this.#made = new Map(wanted.map(({ name, made }) => [name, made]));
    this.#services = placeServices(services, this.#pods);
    await Promise.all(fresh.map((pod) => pod.up(this.#services)));
  }

  // A workload stands for all of its pods; the name of a pod stands for that one.

  /** The pids of a workload's running processes, or of all. */
  pids(workload?: string): Record<string, number> {
    const containers = this.#of(workload).flatMap((pod) => pod.containers);
    return Object.fromEntries(
      containers.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]])),
    );
  }

  /** `127.0.0.1:port` of a service of the namespace, by its port number. */
  addressOf(service: string, port: number): string {
    const local = this.#services.get(`${service}:${port}`);
    if (local === undefined) throw new TiphysError('not-found', `no running pod serves ${service}:${port}`);
    return `127.0.0.1:${local}`;
  }

  /** `127.0.0.1:port` of a container port of a workload's first pod, by number or name. */
  portOf(workload: string, port: number | string): string {
    const local = this.#of(workload)[0]?.ports.get(String(port));
    if (local === undefined) throw new TiphysError('not-found', `${workload} has no port ${port}`);
    return `127.0.0.1:${local}`;
  }

  /** Kills a workload's processes as a crash would; they are started again. */
  kill(workload: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    for (const pod of this.#of(workload)) for (const container of pod.containers) container.signal(signal);
  }

  /** Ends a workload's processes and keeps them down until `up`. */
  async down(workload: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await Promise.all(this.#of(workload).map((pod) => pod.down(signal)));
  }

  async up(workload: string): Promise<void> {
    await Promise.all(this.#of(workload).map((pod) => pod.up(this.#services)));
  }

  /** Waits until every pod, or those of one workload, pass their readiness probes. */
  async awaitReady(options: { workload?: string; timeoutMs?: number } = {}): Promise<void> {
    const pods = this.#of(options.workload);
    await Promise.all(pods.map((pod) => pod.awaitReady(options.timeoutMs ?? 60_000)));
  }

  /** Brings mounted config maps and secrets up to date now; it happens every 5 s by itself. */
  async refreshVolumes(): Promise<void> {
    const config = await readClusterConfig(this.#options.kube, this.#options.namespace);
    await Promise.all(this.#pods.map((pod) => pod.refreshVolumes(config)));
  }

  /** Ends every pod, in order by default, and removes what it left but the logs. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    clearInterval(this.#refresher);
    await Promise.all(this.#pods.map((pod) => pod.down(signal)));
    this.#pods = [];
    await this.#folder.remove();
  }

  #of(workload: string | undefined): readonly LocalPod[] {
    if (workload === undefined) return this.#pods;
    const found = this.#pods.filter((pod) => pod.workload === workload || pod.name === workload);
    if (found.length > 0) return found;
    const names = [...new Set(this.#pods.map((pod) => pod.workload))].join(', ');
    throw new TiphysError('not-found', `no workload is called ${workload}; there are ${names}`);
  }

  async #read(): Promise<{ workloads: Workload[]; services: Service[] }> {
    const { kube, namespace, selector } = this.#options;
    const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    const list = async <T>(base: string, plural: string, filter: string): Promise<T[]> =>
      (await kube.request<{ items: T[] }>('GET', `${base}/namespaces/${namespace}/${plural}${filter}`)).items;
    const [deployments, statefulSets, services] = await Promise.all([
      list<Workload>('/apis/apps/v1', 'deployments', query),
      list<Workload>('/apis/apps/v1', 'statefulsets', query),
      list<Service>('/api/v1', 'services', ''),
    ]);
    return { workloads: [...deployments, ...statefulSets], services };
  }

  async #makePod(workload: Workload, name: string): Promise<LocalPod> {
    const { kube, namespace, path, logFolder, env = {}, onEvent = () => undefined } = this.#options;
    const { backoffMs } = this.#options;
    const { spec, metadata = {} } = workload.spec.template;
    return new LocalPod({
      kube,
      identity: {
        metadata: { ...metadata, name, namespace },
        serviceAccountName: spec.serviceAccountName ?? 'default',
      },
      workload: workload.metadata.name,
      spec,
      ports: await this.#portsFor(name, spec),
      folder: join(this.#folder.path, name),
      logFolder,
      path,
      env,
      onEvent,
      ...(backoffMs === undefined ? {} : { backoffMs }),
    });
  }

  async #portsFor(pod: string, spec: PodSpec): Promise<Map<string, Map<number, number>>> {
    const all = new Map<string, Map<number, number>>();
    for (const container of spec.containers) {
      const local = new Map<number, number>();
      for (const { containerPort } of container.ports ?? []) {
        const key = `${pod} ${container.name} ${containerPort}`;
        const [port = 0] = this.#ports.has(key) ? [this.#ports.get(key)] : await freePorts(1);
        this.#ports.set(key, port);
        local.set(containerPort, port);
      }
      all.set(container.name, local);
    }
    return all;
  }

  async #refreshQuietly(): Promise<void> {
    await this.refreshVolumes().catch((error: unknown) => {
      this.#options.onEvent?.(`mounted files could not be brought up to date: ${String(error)}`);
    });
  }
}
