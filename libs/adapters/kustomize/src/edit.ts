import {
  arrayAt,
  isJsonObject,
  TiphysError,
  type JsonObject,
  type JsonValue,
  type KustomizeReplica,
  type KustomizeSource,
} from '@tiphys/model';
import { setImages } from './images.ts';

type Pairs = Readonly<Record<string, string>>;

/** True where a source changes something in its kustomization. */
export function hasEdits(source: KustomizeSource): boolean {
  return Object.keys(edits({}, source)).length > 0;
}

/**
 * A kustomization with the settings of `spec.source.kustomize` put in, as `kustomize edit` would.
 * `source.components` are those to add. Errors are `invalid`: a label or annotation that is there already and not
 * forced, an image or a count that cannot be read.
 */
export function editKustomization(kustomization: JsonObject, source: KustomizeSource): JsonObject {
  return { ...kustomization, ...edits(kustomization, source) };
}

function edits(before: JsonObject, source: KustomizeSource): JsonObject {
  return {
    ...(source.namePrefix && { namePrefix: source.namePrefix }),
    ...(source.nameSuffix && { nameSuffix: source.nameSuffix }),
    ...(source.namespace && { namespace: source.namespace }),
    ...(source.images?.length && { images: setImages(arrayAt(before, 'images'), source.images) }),
    ...(source.replicas?.length && { replicas: setReplicas(arrayAt(before, 'replicas'), source.replicas) }),
    ...labelEdits(before, source),
    ...annotationEdits(before, source),
    ...(source.patches?.length && {
      patches: [...arrayAt(before, 'patches'), ...(source.patches as unknown as readonly JsonValue[])],
    }),
    ...(source.components?.length && {
      components: [...new Set([...arrayAt(before, 'components'), ...source.components])],
    }),
  };
}

function setReplicas(
  existing: readonly JsonValue[],
  overrides: readonly KustomizeReplica[],
): readonly JsonValue[] {
  const byName = new Map(existing.filter(isJsonObject).map((replica) => [replica['name'], replica]));
  for (const { name, count } of overrides) {
    if (!/^\d+$/.test(String(count))) {
      throw new TiphysError(
        'invalid',
        `the count ${JSON.stringify(count)} for ${name} in spec.source.kustomize.replicas is not a number`,
      );
    }
    byName.set(name, { name, count: Number(count) });
  }
  return [...byName.values()];
}

function labelEdits(before: JsonObject, source: KustomizeSource): JsonObject {
  const labels = source.commonLabels ?? {};
  if (Object.keys(labels).length === 0) return {};
  const force = source.forceCommonLabels === true;
  if (source.labelWithoutSelector !== true) {
    return { commonLabels: addPairs(before['commonLabels'], labels, { force, what: 'label' }) };
  }
  const includeTemplates = source.labelIncludeTemplates === true;
  const entries = arrayAt(before, 'labels').filter(isJsonObject);
  const own = entries.find((entry) => isOwnEntry(entry, includeTemplates));
  const pairs = addPairs(own?.['pairs'], labels, { force, what: 'label' });
  const others = entries.filter((entry) => entry !== own);
  return { labels: [...others, includeTemplates ? { includeTemplates, pairs } : { pairs }] };
}

const isOwnEntry = (entry: JsonObject, includeTemplates: boolean): boolean =>
  entry['includeSelectors'] !== true &&
  entry['fields'] === undefined &&
  (entry['includeTemplates'] === true) === includeTemplates;

function annotationEdits(before: JsonObject, source: KustomizeSource): JsonObject {
  const annotations = source.commonAnnotations ?? {};
  if (Object.keys(annotations).length === 0) return {};
  const force = source.forceCommonAnnotations === true;
  return {
    commonAnnotations: addPairs(before['commonAnnotations'], annotations, { force, what: 'annotation' }),
  };
}

function addPairs(
  existing: JsonValue | undefined,
  added: Pairs,
  options: { readonly force: boolean; readonly what: 'label' | 'annotation' },
): JsonObject {
  const before = isJsonObject(existing) ? existing : {};
  const taken = Object.keys(added).find((key) => Object.hasOwn(before, key));
  if (taken !== undefined && !options.force) {
    const field = options.what === 'label' ? 'forceCommonLabels' : 'forceCommonAnnotations';
    throw new TiphysError(
      'invalid',
      `the ${options.what} ${taken} is in the kustomization already; set spec.source.kustomize.${field} to replace it`,
    );
  }
  return { ...before, ...added };
}
