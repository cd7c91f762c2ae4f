import { hasCode, isJsonObject, type Application, type JsonObject, type JsonValue } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { objectName, ownKinds, type ObjectStore } from '@tiphys/runtime/watch';
import { mergePatch } from '../status/merge-patch.ts';

/** What a look changes on an Application. Absent keys stay as they are. */
export interface AppChange {
  readonly status?: Application['status'];
  /** `null` takes the operation off. */
  readonly operation?: Application['operation'] | null;
  /** `null` takes an annotation off. */
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly finalizers?: readonly string[];
}

/** What surrounds each write. */
export interface AppWriterWatch {
  /** Gives what throws where the status of an Application is no longer this process's to write. */
  readonly fenceOf: (app: string) => () => void;
  /** Hears of each Application that was changed. */
  readonly onWritten: (before: Application, after: Application) => void;
}

/** The controller's one way to write Applications: a merge patch of only what changed. */
export class AppWriter {
  readonly #api: KubeApi;
  readonly #store: ObjectStore<Application>;
  readonly #watched: AppWriterWatch;

  constructor(api: KubeApi, store: ObjectStore<Application>, watched: AppWriterWatch) {
    this.#api = api;
    this.#store = store;
    this.#watched = watched;
  }

  /** Writes a change and returns the Application as it is now; undefined where it is gone. Nothing is sent when nothing changed. */
  async write(app: Application, change: AppChange): Promise<Application | undefined> {
    const patch = patchOf(app, change);
    if (patch === undefined) return app;
    const { name = '', namespace = '' } = app.metadata;
    try {
      const written = (await this.#api
        .fenced(this.#watched.fenceOf(objectName(app)))
        .patch(ownKinds.application, { name, namespace }, { type: 'merge', body: patch })) as Application;
      this.#store.observe(written);
      this.#watched.onWritten(app, written);
      return written;
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

function patchOf(app: Application, change: AppChange): JsonObject | undefined {
  const body: Record<string, JsonValue> = {};
  if (change.status !== undefined) {
    const status = mergePatch(asObject(app.status), asObject(change.status));
    if (status !== undefined) body['status'] = status;
  }
  if (change.operation === null && app.operation !== undefined) body['operation'] = null;
  if (change.operation !== undefined && change.operation !== null)
    body['operation'] = asObject(change.operation);
  const metadata = metadataPatch(app, change);
  if (metadata !== undefined) body['metadata'] = metadata;
  return Object.keys(body).length === 0 ? undefined : body;
}

function metadataPatch(app: Application, change: AppChange): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  const marks = Object.entries(change.annotations ?? {}).filter(
    ([key, value]) => (app.metadata.annotations?.[key] ?? null) !== value,
  );
  if (marks.length > 0) patch['annotations'] = Object.fromEntries(marks);
  if (change.finalizers !== undefined) patch['finalizers'] = [...change.finalizers];
  // A finalizer list or a new operation must not undo or mix with what somebody else wrote in between.
  const isExclusive =
    change.finalizers !== undefined || (change.operation !== undefined && change.operation !== null);
  if (isExclusive && app.metadata.resourceVersion !== undefined)
    patch['resourceVersion'] = app.metadata.resourceVersion;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
