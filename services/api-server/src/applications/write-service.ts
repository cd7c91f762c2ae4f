import { isDeepStrictEqual } from 'node:util';
import { TiphysError, asJson, hasCode, isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { Application, ApplicationSpec, JsonObject, KubeObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { AppState } from './app-state.ts';
import type { AppStore } from './app-store.ts';
import { projectOf, refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { applyPatchText } from './patch.ts';
import { normalized } from './rest-json.ts';
import type { Validation } from './validation.ts';

export interface WriteServiceParts {
  readonly store: ObjectStore<Application>;
  readonly apps: AppStore;
  readonly finder: AppFinder;
  readonly access: Access;
  readonly state: AppState;
  readonly validation: Validation;
}

/** Creates and changes Applications. */
export class WriteService {
  readonly #parts: WriteServiceParts;

  constructor(parts: WriteServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/Create': (request, caller) => this.#create(request, caller),
      '/application.ApplicationService/Update': (request, caller) => this.#update(request, caller),
      '/application.ApplicationService/UpdateSpec': (request, caller) => this.#updateSpec(request, caller),
      '/application.ApplicationService/Patch': (request, caller) => this.#patch(request, caller),
    },
  };

  async #create(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { finder, access, apps, store } = this.#parts;
    const draft = draftOf(request, finder);
    access.enforce(caller.claims, 'applications', 'create', finder.rbacNameOf(draft));
    finder.assertMayLive(draft);
    const { name = '', namespace = '' } = draft.metadata;
    const existing = store.get(namespace, name);
    if (existing) return await this.#createAgain(request, { existing, draft, caller });
    await this.#validate(request, draft, caller);
    try {
      return asJson(await apps.create(asJson(draft) as JsonObject & Pick<KubeObject, 'metadata'>));
    } catch (error) {
      const other = hasCode(error, 'already-exists') ? store.get(namespace, name) : undefined;
      if (!other) throw error;
      return await this.#createAgain(request, { existing: other, draft, caller });
    }
  }

  /** Creating what is there already is fine when it is the same, and an update when that was asked for. */
  async #createAgain(
    request: JsonObject,
    { existing, draft, caller }: { existing: Application; draft: Application; caller: Caller },
  ): Promise<JsonObject> {
    if (isSame(existing, draft)) return asJson(existing);
    if (request['upsert'] !== true) {
      throw new TiphysError(
        'invalid',
        'existing application spec is different, use upsert flag to force update',
      );
    }
    const { finder, access } = this.#parts;
    access.enforce(caller.claims, 'applications', 'update', finder.rbacNameOf(existing));
    await this.#validate(request, draft, caller);
    const written = await this.#parts.apps.change(existing, (current) => merged(current, draft));
    return asJson(written);
  }

  async #update(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const draft = draftOf(request, this.#parts.finder);
    const { name = '', namespace = '' } = draft.metadata;
    const ref = { name, namespace, project: stringAt(request, 'project') ?? '' };
    const app = this.#parts.finder.find(caller.claims, ref, 'update');
    return asJson(await this.#write(request, { app, draft, caller }));
  }

  async #updateSpec(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const app = this.#parts.finder.find(caller.claims, refIn(request), 'update');
    const given = request['spec'];
    const spec = specOf(isJsonObject(given) ? given : {});
    await this.#authorizeMove(app, { ...app, spec }, caller);
    await this.#validate(request, { ...app, spec }, caller);
    const written = await this.#parts.apps.change(app, (current) => ({ ...current, spec }));
    return written.spec as unknown as JsonObject;
  }

  async #patch(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { finder } = this.#parts;
    const app = finder.find(caller.claims, refIn(request), 'update');
    const patched = applyPatchText(normalized('application', app), {
      type: stringAt(request, 'patchType') ?? '',
      text: stringAt(request, 'patch') ?? '',
    });
    const draft = draftOf({ application: patched }, finder);
    const { name = '', namespace = '' } = draft.metadata;
    finder.find(caller.claims, { name, namespace, project: '' }, 'update');
    return asJson(await this.#write(request, { app, draft, caller }));
  }

  async #write(
    request: JsonObject,
    { app, draft, caller }: { app: Application; draft: Application; caller: Caller },
  ): Promise<Application> {
    await this.#authorizeMove(app, draft, caller);
    await this.#validate(request, draft, caller);
    return await this.#parts.apps.change(app, (current) => replaced(current, draft));
  }

  /** An Application moves to another project only for callers who may create it there. */
  #authorizeMove(app: Application, draft: Application, { claims }: Caller): Promise<void> {
    if (projectOf(app) !== projectOf(draft)) {
      const { finder, access } = this.#parts;
      const object = finder.rbacNameOf({ ...draft, metadata: app.metadata });
      access.enforce(claims, 'applications', 'create', object);
      access.enforce(claims, 'applications', 'update', object);
    }
    return Promise.resolve();
  }

  async #validate(request: JsonObject, app: Application, { call }: Caller): Promise<void> {
    const { name = '', namespace = '' } = app.metadata;
    await this.#parts.validation.check(
      { name, namespace, instance: this.#parts.state.instanceOf(app), spec: app.spec },
      { render: request['validate'] !== false, signal: call.signal },
    );
  }
}

/** The Application in a request, in the namespace that it belongs to and with a project. */
function draftOf(request: JsonObject, finder: AppFinder): Application {
  const given = request['application'];
  const app = isJsonObject(given) ? given : {};
  const name = stringAt(app, 'metadata', 'name') ?? '';
  if (name === '') {
    throw new TiphysError(
      'unknown',
      'error while validating and normalizing app: resource name may not be empty',
    );
  }
  const namespace = finder.namespaceOf({ namespace: stringAt(app, 'metadata', 'namespace') ?? '' });
  const metadata = valueAt(app, 'metadata');
  const spec = valueAt(app, 'spec');
  return {
    ...app,
    metadata: { ...(isJsonObject(metadata) ? metadata : {}), name, namespace },
    spec: specOf(isJsonObject(spec) ? spec : {}),
  } as unknown as Application;
}

function specOf(given: JsonObject): ApplicationSpec {
  const spec = normalized('spec', given) as unknown as ApplicationSpec;
  return { ...spec, project: spec.project || 'default' };
}

const KEPT = ['labels', 'annotations', 'finalizers'] as const;

function isSame(existing: Application, draft: Application): boolean {
  const same = (left: unknown, right: unknown, none: unknown): boolean =>
    isDeepStrictEqual(left ?? none, right ?? none);
  return (
    isDeepStrictEqual(normalized('spec', existing.spec), normalized('spec', draft.spec)) &&
    same(existing.metadata.labels, draft.metadata.labels, {}) &&
    same(existing.metadata.annotations, draft.metadata.annotations, {}) &&
    same(existing.metadata.finalizers, draft.metadata.finalizers, [])
  );
}

/** Spec, labels, annotations and finalizers are the caller's; all else stays. */
function replaced(current: Application, draft: Application): Application {
  const metadata = { ...current.metadata } as Record<string, unknown>;
  for (const key of KEPT) {
    if (draft.metadata[key] === undefined) delete metadata[key];
    else metadata[key] = draft.metadata[key];
  }
  return { ...current, metadata, spec: draft.spec };
}

/** Like `replaced`, but labels and annotations are added to those that are there. */
function merged(current: Application, draft: Application): Application {
  const { labels, annotations, finalizers } = current.metadata;
  return {
    ...current,
    metadata: {
      ...current.metadata,
      labels: { ...labels, ...draft.metadata.labels },
      annotations: { ...annotations, ...draft.metadata.annotations },
      finalizers: draft.metadata.finalizers ?? finalizers ?? [],
    },
    spec: draft.spec,
  };
}
