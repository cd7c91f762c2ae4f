import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { KubeAccess } from '../kube-env/index.ts';
import { poll, startProcess } from '../processes/index.ts';
import { readClusterConfig, type ClusterConfig } from './cluster-config.ts';
import { ContainerProcess, type Launch } from './container-process.ts';
import { expand, resolveEnvironment, type PodIdentity } from './environment.ts';
import { writeIdentity, type LocalIdentity } from './identity.ts';
import type { Container, PodSpec } from './objects.ts';
import { passes } from './probe.ts';
import { localize, type LocalNames, type PlacedPod } from './rewrite.ts';
import { contentsOf, writeVolume } from './volumes.ts';

export interface LocalPodOptions {
  readonly kube: KubeAccess;
  readonly identity: PodIdentity;
  /** The workload that it belongs to. */
  readonly workload: string;
  readonly spec: PodSpec;
  readonly ports: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly folder: string;
  readonly logFolder: string;
  /** Folders searched for the containers' commands. */
  readonly path: readonly string[];
  /** Added to every container, under what its template says. */
  readonly env: Readonly<Record<string, string>>;
  readonly onEvent: (line: string) => void;
  readonly backoffMs?: readonly number[];
}

/** A container's environment on this machine, and how its texts read here. */
interface LocalLaunch {
  readonly env: Readonly<Record<string, string>>;
  readonly localize: (text: string) => string;
}

/** One pod of a workload, run as processes of this machine. */
export class LocalPod implements PlacedPod {
  readonly name: string;
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: ReadonlyMap<string, number>;
  readonly containers: readonly ContainerProcess[];
  readonly #options: LocalPodOptions;
  #services: ReadonlyMap<string, number> = new Map();
  /** How each container was started last. */
  readonly #launched = new Map<string, LocalLaunch>();
  #identity: LocalIdentity | undefined;
  #refresher: NodeJS.Timeout | undefined;

  constructor(options: LocalPodOptions) {
    const { identity, spec, logFolder } = options;
    this.name = identity.metadata.name;
    this.workload = options.workload;
    this.labels = identity.metadata.labels ?? {};
    this.ports = portsByName(options);
    this.#options = options;
    this.containers = spec.containers.map((container) => {
      const name = spec.containers.length === 1 ? this.name : `${this.name}-${container.name}`;
      return new ContainerProcess({
        name,
        logFile: join(logFolder, `${name}.log`),
        prepare: () => this.#prepare(container),
        onEvent: options.onEvent,
        ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
      });
    });
  }

  /** Starts it; `services` tells where the other pods are. */
  async up(services: ReadonlyMap<string, number>): Promise<void> {
    this.#services = services;
    const { kube, identity, folder, spec } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (spec.automountServiceAccountToken !== false) {
      const { namespace } = identity.metadata;
      this.#identity ??= await writeIdentity(kube, {
        folder,
        namespace,
        account: identity.serviceAccountName,
      });
      this.#refresher ??= setInterval(() => void this.#refreshToken(), this.#identity.refreshEveryMs).unref();
    }
    for (const container of spec.initContainers ?? []) await this.#runToEnd(container);
    await Promise.all(this.containers.map((container) => container.up()));
  }

  async down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    clearInterval(this.#refresher);
    this.#refresher = undefined;
    await Promise.all(this.containers.map((container) => container.down(signal)));
  }

  /** Whether every container runs and passes its readiness probe now. */
  async isReady(): Promise<boolean> {
    if (this.containers.some((container) => container.pid === undefined)) return false;
    const answers = this.#options.spec.containers.map(async (container) => {
      const launch = this.#launched.get(container.name);
      if (launch === undefined) return false;
      return passes(container.readinessProbe, {
        port: (port) => this.ports.get(String(port)) ?? 0,
        command: (words) => words.map((word) => launch.localize(word)),
        env: launch.env,
      });
    });
    return (await Promise.all(answers)).every(Boolean);
  }

  /** @throws TiphysError with the end of the log when it isn't ready in time, or crashes again and again. */
  async awaitReady(timeoutMs: number): Promise<void> {
    const restartsBefore = this.containers.map((container) => container.restarts);
    const crashes = (): boolean =>
      this.containers.some((container, index) => container.restarts - (restartsBefore[index] ?? 0) >= 4);
    const log = (): string => this.containers.map((container) => container.logTail(20)).join('\n');
    try {
      await poll(async () => crashes() || (await this.isReady()), {
        what: `${this.name} is ready`,
        timeoutMs,
        intervalMs: 25,
      });
    } catch (cause) {
      throw new TiphysError('deadline', `${this.name} is not ready after ${timeoutMs} ms:\n${log()}`, {
        cause,
      });
    }
    if (crashes()) throw new TiphysError('unavailable', `${this.name} keeps crashing:\n${log()}`);
  }

  /** Writes what changed in config maps and secrets into the mounted folders, as a kubelet does from time to time. */
  async refreshVolumes(config: ClusterConfig): Promise<void> {
    const { spec, identity } = this.#options;
    for (const volume of spec.volumes ?? []) {
      const files = contentsOf(volume, config, identity);
      const folder = this.#volumeFolder(volume.name);
      if (files === undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
      else await writeVolume(folder, files);
    }
  }

  /** What an init container does before the others start. */
  async #runToEnd(container: Container): Promise<void> {
    const name = `${this.name}-${container.name}`;
    const logFile = join(this.#options.logFolder, `${name}.log`);
    const started = startProcess({ name, ...(await this.#prepare(container)), logFile });
    const { code, signal } = await started.exited;
    if (code === 0) return;
    const how = signal ?? `exit code ${String(code)}`;
    throw new TiphysError('failed-precondition', `${name} failed (${how}): ${started.logTail(20)}`);
  }

  async #prepare(container: Container): Promise<Launch> {
    const { kube, identity } = this.#options;
    const config = await readClusterConfig(kube, identity.metadata.namespace);
    await this.refreshVolumes(config);
    const launch = this.#launch(container, config);
    this.#launched.set(container.name, launch);
    const { env, localize: local } = launch;
    const raw = resolveEnvironment(container, config, identity);
    const words = [...(container.command ?? []), ...(container.args ?? [])].map((word) =>
      local(expand(word, raw)),
    );
    const [program, ...args] = words;
    if (program === undefined)
      throw new TiphysError('invalid', `${this.name}: ${container.name} has no command`);
    return { program, args, env, cwd: this.#options.folder };
  }

  #launch(container: Container, config: ClusterConfig): LocalLaunch {
    const { identity, ports, path, folder } = this.#options;
    const names: LocalNames = {
      ports: ports.get(container.name) ?? new Map<number, number>(),
      mounts: new Map(
        (container.volumeMounts ?? []).map((mount) => [
          mount.mountPath.replace(/\/+$/, ''),
          join(this.#volumeFolder(mount.name), mount.subPath ?? ''),
        ]),
      ),
      services: this.#services,
      namespace: identity.metadata.namespace,
    };
    const local = (text: string): string => localize(text, names);
    const own = resolveEnvironment(container, config, identity);
    const localized = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, local(value)]));
    const kubeconfig = this.#identity === undefined ? {} : { KUBECONFIG: this.#identity.kubeconfigPath };
    const tmp = names.mounts.get('/tmp') ?? folder;
    const base = { PATH: path.join(delimiter), HOME: tmp, TMPDIR: tmp };
    return { env: { ...base, ...kubeconfig, ...this.#options.env, ...localized }, localize: local };
  }

  #volumeFolder(name: string): string {
    return join(this.#options.folder, 'v', name);
  }

  async #refreshToken(): Promise<void> {
    await this.#identity?.refresh().catch((error: unknown) => {
      this.#options.onEvent(`${this.name}: the token could not be renewed: ${String(error)}`);
    });
  }
}

function portsByName({ spec, ports }: LocalPodOptions): Map<string, number> {
  const found = new Map<string, number>();
  for (const container of spec.containers) {
    for (const { name, containerPort } of container.ports ?? []) {
      const local = ports.get(container.name)?.get(containerPort);
      if (local === undefined) continue;
      found.set(String(containerPort), local);
      if (name !== undefined) found.set(name, local);
    }
  }
  return found;
}
