import { finalizers, hasCode, type Application, type AppProject } from '@tiphys/model';
import type { KubeApi, Logger } from '@tiphys/ports';
import { createBackoff, createInProcessQueue } from '@tiphys/runtime/reconcile';
import { ownKinds, type Change, type ObjectStore } from '@tiphys/runtime/watch';

export interface ProjectReleaserParts {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly projects: ObjectStore<AppProject>;
  readonly applications: ObjectStore<Application>;
  readonly logger: Logger;
}

const BACKOFF = { baseMs: 200, maxMs: 60_000 };
const DEFAULT_PROJECT = 'default';

/** The project of an Application; one that names none is in `default`. */
const projectOf = ({ spec }: Application): string => (spec.project === '' ? DEFAULT_PROJECT : spec.project);

/**
 * Lets deleted projects go once no Application names them: until then the finalizer that users put on a project keeps it
 * with all its rules, so that its Applications can still be deleted under them. Several processes may do this at once.
 */
export class ProjectReleaser {
  readonly #parts: ProjectReleaserParts;
  readonly #queue;
  readonly #backoff = createBackoff(BACKOFF);

  constructor(parts: ProjectReleaserParts) {
    this.#parts = parts;
    this.#queue = createInProcessQueue({
      onError: (project, error) => parts.logger.error('look at a project broke', { project, error }),
    });
    parts.projects.subscribe(({ object }) => this.#ask(object.metadata.name ?? ''));
    parts.applications.subscribe((change) => this.#applicationChanged(change));
  }

  /** Begins; to be called once projects and Applications are known. */
  start(): void {
    for (const { metadata } of this.#parts.projects.values()) this.#ask(metadata.name ?? '');
    this.#queue.process(1, (name) => this.#look(name));
  }

  stop(): Promise<void> {
    return this.#queue.close();
  }

  #applicationChanged({ object, before }: Change<Application>): void {
    this.#ask(projectOf(object));
    if (before !== undefined && projectOf(before) !== projectOf(object)) this.#ask(projectOf(before));
  }

  #ask(name: string): void {
    if (this.#held(name) !== undefined) this.#queue.add(name);
  }

  /** The project where it is deleted and kept by the finalizer. */
  #held(name: string): AppProject | undefined {
    const project = this.#parts.projects.get(this.#parts.namespace, name);
    const { deletionTimestamp, finalizers: names = [] } = project?.metadata ?? {};
    return deletionTimestamp !== undefined && names.includes(finalizers.resources) ? project : undefined;
  }

  async #look(name: string): Promise<void> {
    const { api, namespace, logger } = this.#parts;
    const project = this.#held(name);
    if (project === undefined || this.#isUsed(name)) return;
    const { resourceVersion, finalizers: names = [] } = project.metadata;
    const left = names.filter((finalizer) => finalizer !== finalizers.resources);
    const metadata = {
      finalizers: left,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    try {
      await api.patch(ownKinds.project, { name, namespace }, { type: 'merge', body: { metadata } });
      this.#backoff.forget(name);
    } catch (error) {
      if (hasCode(error, 'not-found')) return;
      logger.warn('a project cannot be let go yet', { project: name, error });
      this.#queue.add(name, this.#backoff.next(name));
    }
  }

  #isUsed(name: string): boolean {
    for (const app of this.#parts.applications.values()) if (projectOf(app) === name) return true;
    return false;
  }
}
