import { TiphysError, asJson, asKubeObject, hasCode, isTiphysError, labels } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import { goText } from '@tiphys/adapter-argo-api';
import { TRACKING_METHODS, markObject } from '@tiphys/tracking';
import type { TrackingSettings } from '@tiphys/tracking';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { AppState } from './app-state.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { maskObject } from './mask.ts';
import type { AppRenderer } from './renderer.ts';
import { sourcesToSync } from './sync-sources.ts';
import type { Validation } from './validation.ts';

export interface ManifestServiceParts {
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly renderer: AppRenderer;
  readonly validation: Validation;
  readonly settings: ServerSettings;
}

/** What an Application renders to. */
export class ManifestService {
  readonly #parts: ManifestServiceParts;

  constructor(parts: ManifestServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/GetManifests': (request, caller) => this.#manifests(request, caller),
    },
  };

  async #manifests(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, state, renderer, validation } = this.#parts;
    const app = finder.find(claims, refIn(request));
    const { name = '', namespace = '' } = app.metadata;
    const { server } = validation.destination({ name, spec: app.spec });
    const subject = { instance: state.instanceOf(app), namespace, spec: app.spec, server };
    const results = await renderer
      .render(subject, {
        revisions: revisionsOf(app, request),
        noCache: request['noCache'] === true,
        signal: call.signal,
      })
      .catch(plainFailure);
    const manifests = results.flatMap(({ objects }) => objects).map((object) => this.#text(app, object));
    return manifests.length === 0 ? {} : { manifests };
  }

  #text(app: Application, object: JsonObject): string {
    const kube = asKubeObject(object);
    const marked =
      kube &&
      markObject(kube, {
        app: this.#parts.state.instanceOf(app),
        destinationNamespace: app.spec.destination.namespace ?? '',
        settings: trackingOf(this.#parts.settings),
      });
    return goText(sorted(maskObject(marked ? asJson(marked) : object)));
  }
}

/** What is wrong in a repository is no fault of the request: clients of this API get it without a code of its own. */
function plainFailure(error: unknown): never {
  if (hasCode(error, 'unavailable') || hasCode(error, 'canceled') || !isTiphysError(error)) throw error;
  throw new TiphysError('unknown', error.message, { cause: error });
}

const revisionsOf = (app: Application, request: JsonObject): readonly string[] =>
  sourcesToSync(app, request, true).all.map(({ asked }) => asked.targetRevision ?? '');

function trackingOf(settings: ServerSettings): TrackingSettings {
  const text = settings.cm('application.resourceTrackingMethod');
  return {
    method: TRACKING_METHODS.find((method) => method === text) ?? 'annotation',
    labelKey: settings.cm('application.instanceLabelKey') || labels.instance,
    installationId: settings.cm('installationID'),
  };
}

/** The same value with all keys in order, as Go writes maps. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as JsonObject;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key] ?? null)]),
  );
}
