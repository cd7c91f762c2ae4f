import {
  asKubeObject,
  groupKindKey,
  gvkOf,
  keyOf,
  refOf,
  versionOf,
  type JsonObject,
  type KubeObject,
  type ResourceKey,
  type ResourceRef,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import { isHook, kindsOfCrd } from '@tiphys/sync-plan';
import { markObject, type TrackingSettings } from '@tiphys/tracking';
import { isExcluded, type KindTable, type ResourceFilters } from '../live/kinds.ts';

/** A desired object, marked and placed, ready to be compared and applied. */
export interface Target {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly object: KubeObject;
}

export interface PreparedTargets {
  readonly targets: ReadonlyMap<ResourceKey, Target>;
  /** Objects that run at a moment of a sync or of a deletion: placed, not marked, as some have no name yet. */
  readonly hooks: readonly KubeObject[];
  readonly conditions: readonly ConditionDraft[];
}

export interface PrepareOptions {
  /** Name under which the Application marks its objects. */
  readonly instance: string;
  readonly destinationNamespace: string;
  readonly server: string;
  readonly tracking: TrackingSettings;
  readonly kinds: KindTable;
  readonly filters: ResourceFilters;
}

/**
 * Places rendered objects into their namespace, drops excluded kinds, sets hooks apart, marks what is left as belonging
 * to the Application, and keeps the last of objects that appear twice.
 */
export function prepareTargets(rendered: readonly JsonObject[], options: PrepareOptions): PreparedTargets {
  const targets = new Map<ResourceKey, Target>();
  const hooks: KubeObject[] = [];
  const counts = new Map<ResourceKey, number>();
  const conditions: ConditionDraft[] = [];
  const objects = rendered.map(asKubeObject).filter((object) => object !== undefined);
  const isNamespaced = namespacedBy(objects, options);
  for (const object of objects) {
    const placed = isNamespaced(object) ? inNamespace(object, options) : withoutNamespace(object);
    const ref = refOf(placed);
    if (isExcluded(ref, options.server, options.filters)) {
      conditions.push({
        type: 'ExcludedResourceWarning',
        message: `Resource ${ref.group}/${ref.kind} ${ref.name} is excluded in the settings`,
      });
      continue;
    }
    if (isHook(placed)) {
      hooks.push(placed);
      continue;
    }
    const key = keyOf(ref);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    targets.set(key, { key, ref, version: versionOf(placed.apiVersion), object: mark(placed, options) });
  }
  return { targets, hooks, conditions: [...conditions, ...repetitions(counts)] };
}

/** Whether the kind of an object has namespaces, by the cluster, else by a CRD among the objects; unknown kinds do. */
function namespacedBy(
  objects: readonly KubeObject[],
  { kinds }: PrepareOptions,
): (object: KubeObject) => boolean {
  const coming = new Map(
    objects.flatMap(kindsOfCrd).map((kind) => [groupKindKey(kind), kind.namespaced] as const),
  );
  return (object) => {
    const kind = gvkOf(object);
    return kinds.preferred(kind)?.namespaced ?? coming.get(groupKindKey(kind)) ?? true;
  };
}

function withoutNamespace(object: KubeObject): KubeObject {
  const { namespace, ...metadata } = object.metadata;
  return namespace === undefined ? object : { ...object, metadata };
}

function inNamespace(object: KubeObject, { destinationNamespace }: PrepareOptions): KubeObject {
  const { namespace } = object.metadata;
  if (namespace !== undefined && namespace !== '') return object;
  return { ...object, metadata: { ...object.metadata, namespace: destinationNamespace } };
}

const mark = (object: KubeObject, { instance, destinationNamespace, tracking }: PrepareOptions): KubeObject =>
  markObject(object, { app: instance, destinationNamespace, settings: tracking });

const repetitions = (counts: ReadonlyMap<ResourceKey, number>): readonly ConditionDraft[] =>
  [...counts]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => ({
      type: 'RepeatedResourceWarning',
      message: `Resource ${key} appeared ${count} times among application resources.`,
    }));
