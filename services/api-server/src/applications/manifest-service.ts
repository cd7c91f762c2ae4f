import { asJson, asKubeObject, labels } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import { TRACKING_METHODS, markObject } from '@tiphys/tracking';
import type { TrackingSettings } from '@tiphys/tracking';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { AppState } from './app-state.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { maskObject } from './mask.ts';
import { plainFailure } from './plain-failure.ts';
import type { AppRenderer, RenderSubject } from './renderer.ts';
import { sortedText } from './sorted-text.ts';
import { sourcesToSync } from './sync-sources.ts';
import { askedUpload } from './upload.ts';
import type { Validation } from './validation.ts';

/** What stands for a revision of files that are in no repository. */
const STREAMED = 'streamed';

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
    uploads: {
      '/application.ApplicationService/GetManifestsWithFiles': (messages, caller) =>
        this.#ofFiles(messages, caller),
    },
  };

  async #manifests(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, renderer } = this.#parts;
    const app = finder.find(claims, refIn(request));
    const results = await renderer
      .render(this.#subject(app), {
        revisions: revisionsOf(app, request),
        noCache: request['noCache'] === true,
        signal: call.signal,
      })
      .catch(plainFailure);
    const manifests = results.flatMap(({ objects }) => objects).map((object) => this.#text(app, object));
    return manifests.length === 0 ? {} : { manifests };
  }

  /** Files that the caller sends in place of those of the repository. */
  async #ofFiles(messages: AsyncIterable<JsonObject>, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, renderer } = this.#parts;
    const { query, files } = await askedUpload(messages);
    const app = finder.find(claims, refIn(query));
    const rendered = await renderer.renderFiles(this.#subject(app), files, call.signal).catch(plainFailure);
    return {
      manifests: rendered.objects.map((object) => this.#text(app, object)),
      revision: STREAMED,
      sourceType: rendered.sourceType,
    };
  }

  #subject(app: Application): RenderSubject {
    const { state, validation } = this.#parts;
    const { name = '', namespace = '' } = app.metadata;
    const { server } = validation.destination({ name, spec: app.spec });
    return { instance: state.instanceOf(app), namespace, spec: app.spec, server };
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
    const { maskedAnnotations } = this.#parts.settings;
    return sortedText(maskObject(marked ? asJson(marked) : object, maskedAnnotations));
  }
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
