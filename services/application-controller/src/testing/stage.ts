import {
  hasMultipleSources,
  isCompleted,
  sourcesOf,
  type Application,
  type ApplicationSource,
  type JsonObject,
  type KubeObject,
  type SyncOperation,
} from '@tiphys/model';
import { poll } from '@tiphys/testing/processes';
import type { Recording } from '@tiphys/testing/recordings';
import type { RecordedWorld } from './recorded-world.ts';

const MERGE = 'application/merge-patch+json';

/** One recorded situation as it is played: what users, clusters and committers did. */
export class Stage {
  readonly #world: RecordedWorld;
  readonly #recording: Recording;
  readonly repository: string;
  #tip: number;

  constructor(world: RecordedWorld, recording: Recording, commit: number) {
    this.#world = world;
    this.#recording = recording;
    // The Application of one recording may go on in another.
    this.repository = recording.manifest.metadata.name.replace(/^st-/u, '');
    this.#tip = commit;
  }

  get name(): string {
    return this.#recording.manifest.metadata.name;
  }

  get namespace(): string {
    return this.#recording.manifest.spec.destination.namespace ?? '';
  }

  /** Makes the repository, what was there before, and the Application; waits for its first comparison. */
  async open({ createNamespace = true } = {}): Promise<void> {
    const { git, kube, recordings } = this.#world;
    await git.importRepo(this.repository, recordings.repository);
    await this.commit(this.#tip);
    if (createNamespace) await this.#createNamespace();
    for (const object of this.#ours(this.#recording.pre ?? [])) await kube.apply(object as never);
    const { metadata, spec } = this.#ours(this.#recording.manifest);
    await kube.request('POST', this.#path(), {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata,
      spec,
    });
  }

  sha(commit: number): string {
    return this.#world.sha(commit);
  }

  /** Moves `main` to a recorded commit. */
  async commit(commit: number): Promise<void> {
    this.#tip = commit;
    await this.#world.git.branch(this.repository, 'main', this.#world.sha(commit));
  }

  /** Asks for a sync as the API server does, at the tip of the repository. */
  async begin(sync: SyncOperation = {}): Promise<void> {
    const app = await this.until('was compared', ({ status }) => status?.sync?.status !== undefined);
    const { spec } = app;
    const sources = sourcesOf(spec);
    const operation = {
      initiatedBy: { username: 'admin' },
      retry: spec.syncPolicy?.retry ?? {},
      sync: {
        ...(hasMultipleSources(spec)
          ? { sources, revisions: sources.map((source) => this.#revisionOf(source)) }
          : { source: sources[0], ...(sync.manifests === undefined ? { revision: this.#tipSha } : {}) }),
        ...(spec.syncPolicy?.syncOptions === undefined ? {} : { syncOptions: spec.syncPolicy.syncOptions }),
        ...sync,
      },
    };
    await this.patch({ operation, status: { operationState: null } });
  }

  /** A sync and its end. */
  async sync(sync: SyncOperation = {}): Promise<void> {
    await this.begin(sync);
    await this.until(
      'ended its operation',
      ({ operation, status }) =>
        operation === undefined &&
        status?.operationState !== undefined &&
        isCompleted(status.operationState.phase),
    );
  }

  async refresh(): Promise<void> {
    await this.patch({ metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    await this.until(
      'is refreshed',
      ({ metadata }) => metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
    );
  }

  /** Waits until the Application is Synced. */
  synced(): Promise<Application> {
    return this.until('is Synced', ({ status }) => status?.sync?.status === 'Synced');
  }

  patch(body: object): Promise<unknown> {
    return this.#world.kube.request('PATCH', this.#path(this.name), body, MERGE);
  }

  /** Writes a field of a live object: `configmaps/conf`, `deployments/web`. */
  edit(resource: string, body: object): Promise<unknown> {
    return this.#world.kube.request('PATCH', this.#livePath(resource), body, MERGE);
  }

  /** Puts an object into the destination namespace that no Application manages. */
  place(object: KubeObject): Promise<unknown> {
    return this.#world.kube.apply(object as never, this.namespace);
  }

  removeLive(resource: string): Promise<unknown> {
    return this.#world.kube.request('DELETE', this.#livePath(resource));
  }

  delete(): Promise<unknown> {
    return this.#world.kube.request('DELETE', this.#path(this.name));
  }

  async app(): Promise<Application | undefined> {
    const found = await this.#world.kube.find({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      name: this.name,
      namespace: this.#world.control,
    });
    return found as unknown as Application | undefined;
  }

  until(what: string, check: (app: Application) => boolean): Promise<Application> {
    return poll(
      async () => {
        const app = await this.app();
        return app !== undefined && check(app) ? app : undefined;
      },
      { what: `${this.name} ${what}`, timeoutMs: 45_000 },
    );
  }

  get #tipSha(): string {
    return this.#world.sha(this.#tip);
  }

  #revisionOf = (source: ApplicationSource): string =>
    source.targetRevision === 'v1.0.0' ? this.#world.sha(1) : this.#tipSha;

  #ours<T>(recorded: T): T {
    return this.#world.inOurNames(recorded, this.repository);
  }

  #path(name?: string): string {
    const base = `/apis/argoproj.io/v1alpha1/namespaces/${this.#world.control}/applications`;
    return name === undefined ? base : `${base}/${name}`;
  }

  #livePath(resource: string): string {
    const group = resource.startsWith('deployments/') ? 'apis/apps/v1' : 'api/v1';
    return `/${group}/namespaces/${this.namespace}/${resource}`;
  }

  async #createNamespace(): Promise<void> {
    const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } };
    await this.#world.kube.apply(namespace as never);
  }
}
