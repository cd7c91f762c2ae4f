import { isDeepStrictEqual } from 'node:util';
import { TiphysError, asJson, hasCode } from '@tiphys/model';
import type { Application, ApplicationSet, JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { EventLog } from '../events/event-log.ts';
import { refIn } from './appset-finder.ts';
import type { AppSetFinder } from './appset-finder.ts';
import type { AppSetStore } from './appset-store.ts';
import { comparable, draftIn } from './draft.ts';
import type { Preview } from './preview.ts';

export interface WriteServiceParts {
  readonly appsets: AppSetStore;
  readonly finder: AppSetFinder;
  readonly preview: Preview;
  readonly events: EventLog;
}

const SERVICE = '/applicationset.ApplicationSetService';

/** Creates, changes and deletes ApplicationSets, and tells what they would generate. */
export class WriteService {
  readonly #parts: WriteServiceParts;

  constructor(parts: WriteServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/Create`]: (request, caller) => this.#create(request, caller),
      [`${SERVICE}/Delete`]: (request, caller) => this.#delete(request, caller),
      [`${SERVICE}/Generate`]: (request, caller) => this.#generate(request, caller),
    },
  };

  async #create(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { preview, appsets, events, finder } = this.#parts;
    const draft = draftIn(request, 'applicationset');
    const namespace = finder.namespaceOf(draft.metadata.namespace ?? '');
    preview.check(draft);
    const wanted = { ...draft, metadata: { ...draft.metadata, namespace } };
    preview.authorize(caller.claims, wanted, 'create');
    preview.requireProjects(wanted);
    if (request['dryRun'] === true) return withResources(draft, await preview.applications(draft));
    try {
      const created = await appsets.create(wanted);
      const { claims } = caller;
      await events.note(created, {
        reason: 'ResourceCreated',
        did: 'created ApplicationSet',
        claims,
        marksUser: true,
      });
      return asJson(created);
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
      return await this.#createAgain(request, wanted, caller);
    }
  }

  /** Creating what is there already is fine when it is the same, and an update when that was asked for. */
  async #createAgain(request: JsonObject, wanted: ApplicationSet, { claims }: Caller): Promise<JsonObject> {
    const { appsets, preview, events } = this.#parts;
    const { namespace = '', name = '' } = wanted.metadata;
    const existing = await appsets.read(namespace, name);
    if (isSame(existing, wanted)) return asJson(existing);
    if (request['upsert'] !== true) {
      throw new TiphysError(
        'invalid',
        'existing ApplicationSet spec is different, use upsert flag to force update',
      );
    }
    preview.authorize(claims, existing, 'update');
    preview.authorize(claims, wanted, 'update');
    const written = await appsets.change(existing, (current) => merged(current, wanted));
    await events.note(written, {
      reason: 'ResourceUpdated',
      did: 'updated ApplicationSets spec',
      claims,
      marksUser: true,
    });
    return asJson(written);
  }

  async #delete(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, appsets, events } = this.#parts;
    const appset = finder.find(claims, refIn(request), {
      action: 'delete',
      absent: (name) => `error getting ApplicationSets: applicationsets.argoproj.io "${name}" not found`,
    });
    await appsets.delete(appset);
    await events.note(appset, {
      reason: 'ResourceDeleted',
      did: 'deleted ApplicationSets',
      claims,
      marksUser: true,
    });
    return {};
  }

  async #generate(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, preview } = this.#parts;
    const draft = draftIn(request, 'applicationSet');
    const namespace = finder.namespaceOf(draft.metadata.namespace ?? '');
    preview.check(draft);
    preview.authorize(claims, { ...draft, metadata: { ...draft.metadata, namespace } }, 'create');
    preview.requireProjects(draft);
    const applications = await preview.applications(draft);
    return applications.length === 0 ? {} : { applications: applications.map(asJson) };
  }
}

const isSame = (existing: ApplicationSet, wanted: ApplicationSet): boolean =>
  isDeepStrictEqual(comparable(existing), comparable(wanted)) &&
  isWithin(wanted.metadata.labels, existing.metadata.labels) &&
  isWithin(wanted.metadata.annotations, existing.metadata.annotations);

const isWithin = (
  wanted: Readonly<Record<string, string>> = {},
  existing: Readonly<Record<string, string>> = {},
): boolean => Object.entries(wanted).every(([key, value]) => existing[key] === value);

/** The spec is the caller's; labels and annotations are added to those that are there. */
const merged = (current: ApplicationSet, wanted: ApplicationSet): ApplicationSet => ({
  ...current,
  metadata: {
    ...current.metadata,
    labels: { ...current.metadata.labels, ...wanted.metadata.labels },
    annotations: { ...current.metadata.annotations, ...wanted.metadata.annotations },
  },
  spec: wanted.spec,
});

/** What was not written, with the Applications that it would have. */
const withResources = (draft: ApplicationSet, applications: readonly Application[]): JsonObject => ({
  ...asJson(draft),
  status: {
    resources: applications.map(({ metadata }) => ({
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      name: metadata.name ?? '',
      health: {},
    })),
  },
});
