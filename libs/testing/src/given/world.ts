import { isDeepStrictEqual } from 'node:util';
import {
  TiphysError,
  type Application,
  type ApplicationSpec,
  type KubeObject,
  type Operation,
} from '@tiphys/model';
import { request } from 'undici';
import {
  startGitServer,
  type FileChanges,
  type GitServer,
  type GitServerOptions,
} from '../git-server/index.ts';
import { startKubeEnv, type KubeEnv, type KubeEnvOptions } from '../kube-env/index.ts';
import { poll, privateFolder } from '../processes/index.ts';
import { startSystem, type TiphysSystem } from '../system/index.ts';
import { Rest } from './rest.ts';

export interface GivenOptions {
  /** Values of the chart. */
  readonly values?: object;
  readonly git?: GitServerOptions;
  readonly kube?: KubeEnvOptions;
  /** Environment of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Done on the cluster before the chart is installed. */
  readonly prepare?: (kube: KubeEnv) => Promise<void>;
  /** Tools of the image that are built only where they are asked for, such as sops. */
  readonly tools?: readonly string[];
  /** Waits before a service that ended starts again, milliseconds; default: at once, then doubling up to 8 s. */
  readonly backoffMs?: readonly number[];
  /** Where the chart is installed, and as which release. Default `argocd`. */
  readonly namespace?: string;
  readonly release?: string;
}

/** What an Application is created with; the rest has defaults that work. */
export type AppSketch = Partial<Omit<ApplicationSpec, 'destination'>> & {
  readonly destination?: Partial<ApplicationSpec['destination']>;
  /** Delete what it manages when it is deleted. Default true. */
  readonly cascade?: boolean;
  /** `spec.syncPolicy.automated` with prune and self-heal. Default false. */
  readonly auto?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
};

/**
 * A whole Tiphys on a real cluster with a real git server, and the words to tell a scenario in. An Application outside the
 * control plane's namespace is called `namespace/name`.
 */
export class World {
  readonly kube: KubeEnv;
  readonly git: GitServer;
  readonly system: TiphysSystem;
  readonly rest: Rest;
  /** Where the services' logs are, one file each. */
  readonly logFolder: string;
  /** Destination namespace of Applications that name none. */
  readonly target: string;
  readonly #repositories = new Set<string>();

  constructor(parts: Pick<World, 'kube' | 'git' | 'system' | 'rest' | 'logFolder' | 'target'>) {
    this.kube = parts.kube;
    this.git = parts.git;
    this.system = parts.system;
    this.rest = parts.rest;
    this.logFolder = parts.logFolder;
    this.target = parts.target;
  }

  // Given

  /** A repository with files; returns its URL. One that an earlier try of the scenario left begins anew. */
  async repository(name: string, files: FileChanges): Promise<string> {
    if (this.#repositories.has(name)) await this.git.commit(name, files, 'Start anew', { orphan: true });
    else await this.git.createRepo(name, files);
    this.#repositories.add(name);
    return this.git.url(name);
  }

  /**
   * An Application, by its custom resource as GitOps users make them. One that an earlier try of the scenario left is
   * deleted with its objects.
   */
  async application(name: string, sketch: AppSketch): Promise<void> {
    if ((await this.app(name)) !== undefined) {
      await this.patch(name, { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } });
      await this.deleteApplication(name);
      await this.isGone(name, 60_000);
    }
    const { auto = false, cascade = true, annotations = {}, destination, ...spec } = sketch;
    const finalizers = cascade ? ['resources-finalizer.argocd.argoproj.io'] : [];
    const { name: own, namespace } = this.#place(name);
    await this.kube.request('POST', `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: own, annotations, finalizers },
      spec: {
        project: 'default',
        ...(auto ? { syncPolicy: { automated: { prune: true, selfHeal: true } } } : {}),
        ...spec,
        destination: {
          namespace: this.target,
          ...(destination?.name === undefined ? { server: 'https://kubernetes.default.svc' } : {}),
          ...destination,
        },
      },
    });
  }

  /** An automated Application, once it is Synced and Healthy. */
  async deployed(name: string, sketch: AppSketch): Promise<Application> {
    await this.application(name, { auto: true, ...sketch });
    return this.becomesSynced(name);
  }

  async project(
    name: string,
    spec: object,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, namespace: this.system.namespace, annotations },
      spec,
    } as never);
  }

  /** A secret in the control plane's namespace, e.g. of a repository or a cluster. */
  async secret(
    name: string,
    labels: Readonly<Record<string, string>>,
    stringData: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: this.system.namespace, labels },
      stringData,
    } as never);
  }

  /** Keys of a config map of the control plane; the other keys stay. */
  async setting(configMap: string, data: Readonly<Record<string, string | null>>): Promise<void> {
    const path = `/api/v1/namespaces/${this.system.namespace}/configmaps/${configMap}`;
    await this.kube.request('PATCH', path, { data }, 'application/merge-patch+json');
  }

  // When

  patch(name: string, patch: object): Promise<unknown> {
    return this.kube.request('PATCH', this.#apps(name), patch, 'application/merge-patch+json');
  }

  refresh(name: string, how: 'normal' | 'hard' = 'normal'): Promise<unknown> {
    return this.patch(name, { metadata: { annotations: { 'argocd.argoproj.io/refresh': how } } });
  }

  /** A sync by the public API, as the CLI asks for it. */
  sync(name: string, request: object = {}): Promise<Application> {
    return this.rest.call('POST', `/api/v1/applications/${name}/sync`, { name, ...request });
  }

  /** An operation written straight onto the resource, as kubectl users do. */
  operate(name: string, operation: Operation): Promise<unknown> {
    return this.patch(name, { operation, status: { operationState: null } });
  }

  deleteApplication(name: string): Promise<unknown> {
    return this.kube.request('DELETE', this.#apps(name));
  }

  // Then

  async app(name: string): Promise<Application | undefined> {
    return (await this.kube.find({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      ...this.#place(name),
    })) as unknown as Application | undefined;
  }

  /** Waits until a check of the Application holds; the error tells its status as it was last seen. */
  async eventually(
    name: string,
    what: string,
    check: (app: Application) => boolean,
    timeoutMs = 30_000,
  ): Promise<Application> {
    let last: Application | undefined;
    try {
      return await poll(
        async () => {
          last = await this.app(name);
          return last !== undefined && check(last) ? last : undefined;
        },
        { what: `${name} ${what}`, timeoutMs },
      );
    } catch (error) {
      const { status } = last ?? {};
      const seen = {
        sync: status?.sync?.status,
        health: status?.health,
        conditions: status?.conditions,
        operation: status?.operationState?.message,
        phase: status?.operationState?.phase,
      };
      throw new TiphysError('deadline', `${name} ${what}: last seen ${JSON.stringify(seen)}`, {
        cause: error,
      });
    }
  }

  becomesSynced(name: string, timeoutMs?: number): Promise<Application> {
    return this.eventually(
      name,
      'becomes Synced and Healthy',
      (app) =>
        app.status?.sync?.status === 'Synced' &&
        app.status.health?.status === 'Healthy' &&
        app.operation === undefined,
      timeoutMs,
    );
  }

  hasCondition(name: string, type: string, message: RegExp, timeoutMs?: number): Promise<Application> {
    return this.eventually(
      name,
      `has a ${type} that says ${String(message)}`,
      (app) =>
        (app.status?.conditions ?? []).some(
          (condition) => condition.type === type && message.test(condition.message),
        ),
      timeoutMs,
    );
  }

  /** An object in the target namespace, or undefined. */
  live<T = KubeObject>(apiVersion: string, kind: string, name: string): Promise<T | undefined> {
    return this.kube.find<T>({ apiVersion, kind, name, namespace: this.target });
  }

  /** The sum of a metric of a service over all its labels. */
  async metric(workload: string, name: string): Promise<number> {
    const address = this.system.runner.portOf(workload, 'metrics');
    const answer = await request(`http://${address}/metrics`);
    const lines = (await answer.body.text()).matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** The data of a config map in the target namespace, or undefined. */
  async data(name: string, namespace: string = this.target): Promise<Record<string, string> | undefined> {
    const found = await this.kube.find<{ data?: Record<string, string> }>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace,
    });
    return found === undefined ? undefined : (found.data ?? {});
  }

  /** Waits until a config map has exactly this data; undefined waits until it is gone. */
  async becomesLive(
    name: string,
    data: Record<string, string> | undefined,
    namespace?: string,
    timeoutMs = 30_000,
  ): Promise<void> {
    await poll(async () => isDeepStrictEqual(await this.data(name, namespace), data), {
      what: `config map ${name} becomes ${JSON.stringify(data)}`,
      timeoutMs,
    });
  }

  async isGone(name: string, timeoutMs = 30_000): Promise<void> {
    await poll(async () => (await this.app(name)) === undefined, {
      what: `Application ${name} is gone`,
      timeoutMs,
    });
  }

  #place(name: string): { readonly namespace: string; readonly name: string } {
    const [own = '', ...rest] = name.split('/').reverse();
    return { namespace: rest[0] ?? this.system.namespace, name: own };
  }

  #apps(called: string): string {
    const { namespace, name } = this.#place(called);
    return `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`;
  }
}

/** Starts everything that a scenario needs; `close` leaves nothing behind. */
export async function givenTiphys(options: GivenOptions = {}): Promise<World & { close(): Promise<void> }> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const logs = await privateFolder('e2e-logs');
    undo.push(() => logs.remove());
    const [kube, git] = await Promise.all([
      startKubeEnv(options.kube ?? {}),
      startGitServer(options.git ?? {}),
    ]);
    undo.push(() => kube.stop());
    undo.push(() => git.close());
    await options.prepare?.(kube);
    const system = await startSystem({
      kube,
      logFolder: logs.path,
      values: { server: { insecure: true }, ...options.values },
      env: options.env ?? {},
      tools: options.tools ?? [],
      ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      ...(options.release === undefined ? {} : { release: options.release }),
    });
    undo.push(() => system.stop('SIGKILL'));
    const rest = await Rest.login(system.apiUrl, system.adminPassword);
    undo.push(() => rest.close());
    const target = (await kube.createNamespace('target')).name;
    return Object.assign(new World({ kube, git, system, rest, logFolder: logs.path, target }), { close });
  } catch (error) {
    await close();
    throw error;
  }
}
