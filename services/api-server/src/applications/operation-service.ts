import { TiphysError, arrayAt, asJson, hasCode, isAutomated, sourcesOf, valueAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { AppStore } from './app-store.ts';
import { refIn } from './finder.ts';
import { refuseMasks } from './local-manifests.ts';
import type { AppFinder } from './finder.ts';
import { renderFailure } from './renderer.ts';
import type { AppRenderer } from './renderer.ts';
import { normalized } from './rest-json.ts';
import { holdMarks, refuseWhileHeld, rollbackHolds } from './rollback-hold.ts';
import type { HoldSettings } from './rollback-hold.ts';
import type { SyncWindowService } from './sync-window-service.ts';
import { sourcesToSync } from './sync-sources.ts';
import type { SyncSources } from './sync-sources.ts';

const precondition = (message: string): TiphysError => new TiphysError('failed-precondition', message);

export interface OperationServiceParts {
  readonly apps: AppStore;
  readonly finder: AppFinder;
  readonly access: Access;
  readonly renderer: AppRenderer;
  readonly windows: SyncWindowService;
  readonly settings: HoldSettings;
  readonly clock: Clock;
}

/** Starts and ends operations: writes what is wanted, the controller does it. */
export class OperationService {
  readonly #parts: OperationServiceParts;

  constructor(parts: OperationServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/Sync': (request, caller) => this.#sync(request, caller),
      '/application.ApplicationService/Rollback': (request, caller) => this.#rollback(request, caller),
      '/application.ApplicationService/TerminateOperation': (request, caller) =>
        this.#terminate(request, caller),
    },
  };

  async #sync(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, access, windows } = this.#parts;
    const app = finder.find(claims, refIn(request), 'sync');
    windows.check(app);
    const manifests = arrayAt(request, 'manifests');
    const object = finder.rbacNameOf(app);
    if (manifests.length > 0) access.enforce(claims, 'applications', 'override', object);
    refuseMasks(manifests);
    const dryRun = request['dryRun'] === true;
    if (manifests.length > 0 && isAutomated(app.spec) && !dryRun) {
      throw precondition('cannot use local sync when Automatic Sync Policy is enabled unless for dry run');
    }
    if (app.metadata.deletionTimestamp !== undefined) throw precondition('application is deleting');
    if (!dryRun) refuseWhileHeld(app);
    const sources = sourcesToSync(app, request, dryRun);
    const resolved = manifests.length > 0 ? withoutRevisions(sources) : await this.#resolved(app, sources);
    const sync = {
      ...resolved,
      prune: request['prune'] === true,
      dryRun,
      syncOptions: syncOptionsOf(app, request),
      syncStrategy: request['strategy'],
      resources: arrayAt(request, 'resources'),
      manifests,
    };
    const retry =
      valueAt(request, 'retryStrategy') ?? valueAt(asJson(app), 'spec', 'syncPolicy', 'retry') ?? {};
    const info = arrayAt(request, 'infos');
    return await this.#start(app, { sync, initiatedBy: { username: claims?.subject ?? '' }, info, retry });
  }

  async #resolved(app: Application, sources: SyncSources): Promise<JsonObject> {
    const resolve = async (source: SyncSources['all'][number]): Promise<string> => {
      try {
        return await this.#parts.renderer.resolve(source.asked, app.spec.project);
      } catch (error) {
        if (hasCode(error, 'unavailable')) throw error;
        throw precondition(`error resolving repo revision: ${renderFailure(error)}`);
      }
    };
    const revisions = await Promise.all(sources.all.map(resolve));
    return sources.multiple
      ? { sources: sources.all.map(({ source }) => source) as unknown as JsonValue, revisions }
      : { source: sources.all[0]?.source as unknown as JsonValue, revision: revisions[0] ?? '' };
  }

  async #rollback(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const app = this.#parts.finder.find(claims, refIn(request), 'sync');
    if (app.metadata.deletionTimestamp !== undefined) throw precondition('application is deleting');
    const { settings, clock } = this.#parts;
    const holds = rollbackHolds(app, settings);
    if (isAutomated(app.spec) && !holds)
      throw precondition('rollback cannot be initiated when auto-sync is enabled');
    const { name = '', namespace = '' } = app.metadata;
    const id = Number(request['id'] ?? 0);
    const history = app.status?.history ?? [];
    const entry = history.find((each) => each.id === id);
    if (!entry) {
      throw new TiphysError(
        'invalid',
        `application ${namespace}/${name} does not have deployment with id ${id}`,
      );
    }
    const sync = {
      ...((entry.sources?.length ?? 0) > 0
        ? { sources: entry.sources as unknown as JsonValue, revisions: [...(entry.revisions ?? [])] }
        : {
            source: (entry.source ?? sourcesOf(app.spec)[0]) as unknown as JsonValue,
            revision: entry.revision,
          }),
      prune: request['prune'] === true,
      dryRun: request['dryRun'] === true,
      syncOptions: syncOptionsOf(app, {}),
      syncStrategy: { apply: {} },
    };
    const by = claims?.subject ?? '';
    const marks = holds && !sync.dryRun ? holdMarks(app, { id, by, now: clock.now() }, settings) : undefined;
    const operation = { sync, initiatedBy: { username: by }, retry: {} };
    if (marks === undefined) return await this.#start(app, operation);
    return await this.#start(app, { ...operation, info: marks.info }, marks.annotations);
  }

  /** Writes `.operation` and erases the state of the last one, in one patch. */
  async #start(
    app: Application,
    operation: JsonObject,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject> {
    const written = await this.#parts.apps.patch(app, (current) => {
      if (current.operation !== undefined) throw precondition('another operation is already in progress');
      return {
        operation: normalized('operation', operation),
        status: { operationState: null },
        ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
      };
    });
    return asJson(written);
  }

  async #terminate(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const app = this.#parts.finder.find(claims, refIn(request), 'sync');
    await this.#parts.apps.patch(app, (current) => {
      if (current.operation === undefined || current.status?.operationState === undefined) {
        throw new TiphysError('invalid', 'Unable to terminate operation. No operation is in progress');
      }
      return { status: { operationState: { phase: 'Terminating' } } };
    });
    return {};
  }
}

const withoutRevisions = (sources: SyncSources): JsonObject =>
  sources.multiple
    ? { sources: sources.all.map(({ source }) => source) as unknown as JsonValue }
    : { source: sources.all[0]?.source as unknown as JsonValue };

/** The caller's options, or those of the Application. */
function syncOptionsOf(app: Application, request: JsonObject): readonly JsonValue[] {
  const given = valueAt(request, 'syncOptions');
  return given === undefined ? [...(app.spec.syncPolicy?.syncOptions ?? [])] : arrayAt(given, 'items');
}
