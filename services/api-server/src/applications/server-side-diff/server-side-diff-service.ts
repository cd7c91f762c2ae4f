import { TiphysError, asJson, describeRef, gvkOf, hasCode, keyOf, stringAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue, KubeObject, ResourceKey, ResourceRef } from '@tiphys/model';
import { isDestinationPermitted, isResourcePermitted } from '@tiphys/project-policy';
import type { Jq } from '@tiphys/ports';
import { parseDiffSettings } from '@tiphys/settings';
import type { Caller, Handlers } from '../../api/handlers.ts';
import { readYaml } from '../../settings/server-settings.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import type { AppState } from '../app-state.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import { maskManagedResource, maskObject } from '../mask.ts';
import type { AppDestination, AppResources } from '../resource-actions/app-resources.ts';
import { sortedText } from '../sorted-text.ts';
import { askedObjects } from './asked-objects.ts';
import type { AskedObject } from './asked-objects.ts';
import { predictedComparison, rulesOf, shownState } from './predict.ts';
import type { DiffRules } from './predict.ts';

export interface ServerSideDiffParts {
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly resources: Pick<AppResources, 'destinationOf'>;
  readonly settings: ServerSettings;
  readonly jq: Jq;
}

interface Comparing {
  readonly app: Application;
  readonly place: AppDestination;
  /** What the Application manages, Secrets masked. */
  readonly managed: ReadonlyMap<ResourceKey, JsonObject>;
  readonly rules: DiffRules;
}

/** Dry runs of one request under way at once. */
const PARALLEL = 8;

/**
 * Compares live objects with manifests that the caller brings, as the API server of the destination predicts it. Only
 * objects that the Application manages are looked at in the cluster, and only where its project permits them. Secrets
 * that a caller brings are never merged with live ones: of these the controller's own, masked comparison is told.
 */
export class ServerSideDiffService {
  readonly #parts: ServerSideDiffParts;

  constructor(parts: ServerSideDiffParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/ServerSideDiff': (request, caller) => this.#diff(request, caller),
    },
  };

  async #diff(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, resources } = this.#parts;
    const app = finder.find(claims, refIn(request, 'appName'));
    if (!hasObjects(request)) return { modified: false };
    const place = await resources.destinationOf(app);
    const asked = await askedObjects(request, (target) => namespaceOf(app, target, place));
    const managed = await this.#managed(app, call.signal);
    const comparing = { app, place, managed, rules: this.#rules(app) };
    const items = await inTurns(asked, (object) => this.#item(object, comparing));
    return {
      items: items.map((item) => maskManagedResource(item, this.#parts.settings.maskedAnnotations)),
      modified: items.some((item) => item['modified'] === true),
    };
  }

  #rules(app: Application): DiffRules {
    const reading = { readYaml, mistakes: [] };
    return rulesOf(app, parseDiffSettings(this.#parts.settings.cmData(), reading));
  }

  async #managed(app: Application, signal: AbortSignal): Promise<ReadonlyMap<ResourceKey, JsonObject>> {
    const items = await this.#parts.state.managedResources(app, signal);
    return new Map(items.map((item) => [keyOf(refOfItem(item)), item]));
  }

  async #item({ ref, target }: AskedObject, comparing: Comparing): Promise<JsonObject> {
    const known = comparing.managed.get(keyOf(ref));
    const isLive = known !== undefined && isState(known['liveState']);
    if (known !== undefined && isSecretRef(ref)) return ofController(ref, known);
    if (target === undefined) {
      if (isLive) return itemOf(ref, { target: '', live: textIn(known, 'normalizedLiveState') });
      throw foreign(comparing.app, ref);
    }
    await assertPermitted(comparing, ref, target);
    if (!isLive) {
      const masked = maskObject(asJson(target), this.#parts.settings.maskedAnnotations);
      return itemOf(ref, { target: sortedText(masked), live: '' });
    }
    const { cluster } = comparing.place;
    const found = await predictedComparison({ target, cluster }, comparing.rules, this.#parts.jq);
    return {
      ...itemOf(ref, {
        target: sortedText(shownState(found.predictedLive)),
        live: sortedText(shownState(found.normalizedLive)),
      }),
      modified: !found.synced,
    };
  }
}

const hasObjects = (request: JsonObject): boolean =>
  ['targetManifests', 'liveResources'].some((key) => {
    const list = request[key];
    return Array.isArray(list) && list.length > 0;
  });

/** A target without a namespace goes where the Application goes, unless its kind has none. */
async function namespaceOf(
  app: Application,
  target: KubeObject,
  { cluster }: AppDestination,
): Promise<string> {
  const own = target.metadata.namespace ?? '';
  const isNamespaced = await cluster
    .resource(gvkOf(target))
    .then(({ namespaced }) => namespaced)
    .catch((error: unknown) => {
      // A kind that comes with the same sync is not there yet.
      if (hasCode(error, 'not-found')) return own !== '';
      throw error;
    });
  return isNamespaced ? own || (app.spec.destination.namespace ?? '') : '';
}

async function assertPermitted(
  { app, place }: Comparing,
  ref: ResourceRef,
  target: KubeObject,
): Promise<void> {
  const { project, destination } = place;
  const namespaced = ref.namespace !== '' || (await isNamespacedKind(place, target));
  const isKindPermitted = isResourcePermitted(project.spec, { ...ref, namespaced });
  const where = { ...destination, namespace: namespaced ? ref.namespace : destination.namespace };
  if (isKindPermitted && isDestinationPermitted(project, where)) return;
  throw new TiphysError(
    'permission-denied',
    `application ${app.metadata.name ?? ''} is not permitted to manage ${describeRef(ref)}`,
  );
}

const isNamespacedKind = ({ cluster }: AppDestination, target: KubeObject): Promise<boolean> =>
  cluster.resource(gvkOf(target)).then(
    ({ namespaced }) => namespaced,
    () => false,
  );

/** The same whether such an object exists or not. */
const foreign = (app: Application, ref: ResourceRef): TiphysError =>
  new TiphysError(
    'permission-denied',
    `${describeRef(ref)} is no resource of application ${app.metadata.name ?? ''}`,
  );

const isSecretRef = ({ group, kind }: ResourceRef): boolean => group === '' && kind === 'Secret';

/** The comparison that the controller made. */
function ofController(ref: ResourceRef, known: JsonObject): JsonObject {
  const target = isState(known['targetState']) ? textIn(known, 'predictedLiveState') : '';
  return itemOf(ref, { target, live: textIn(known, 'normalizedLiveState') });
}

const itemOf = (
  { group, kind, namespace, name }: ResourceRef,
  { target, live }: { readonly target: string; readonly live: string },
): JsonObject => ({
  group,
  kind,
  namespace,
  name,
  targetState: target,
  liveState: live,
  modified: target !== live,
});

const isState = (text: JsonValue | undefined): boolean =>
  typeof text === 'string' && text !== '' && text !== 'null';

const textIn = (item: JsonObject, key: string): string =>
  isState(item[key]) ? (stringAt(item, key) ?? '') : '';

const refOfItem = (item: JsonObject): ResourceRef => ({
  group: stringAt(item, 'group') ?? '',
  kind: stringAt(item, 'kind') ?? '',
  namespace: stringAt(item, 'namespace') ?? '',
  name: stringAt(item, 'name') ?? '',
});

/** Results in the order of the items, so many of them made at once. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += PARALLEL)
    results.push(...(await Promise.all(items.slice(at, at + PARALLEL).map(work))));
  return results;
}
