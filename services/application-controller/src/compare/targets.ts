import {
  asKubeObject,
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
import { isHook } from '@tiphys/sync-plan';
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
 * Places rendered objects into their namespace, drops hooks and excluded kinds, marks what is left as belonging to the
 * Application, and keeps the last of objects that appear twice.
 */
export function prepareTargets(rendered: readonly JsonObject[], options: PrepareOptions): PreparedTargets {
  const targets = new Map<ResourceKey, Target>();
  const counts = new Map<ResourceKey, number>();
  const conditions: ConditionDraft[] = [];
  for (const json of rendered) {
    const object = asKubeObject(json);
    if (object === undefined || isHook(object)) continue;
    const placed = place(object, options);
    const ref = refOf(placed);
    if (isExcluded(ref, options.server, options.filters)) {
      conditions.push({
        type: 'ExcludedResourceWarning',
        message: `Resource ${ref.group}/${ref.kind} ${ref.name} is excluded in the settings`,
      });
      continue;
    }
    const key = keyOf(ref);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    targets.set(key, { key, ref, version: versionOf(placed.apiVersion), object: mark(placed, options) });
  }
  return { targets, conditions: [...conditions, ...repetitions(counts)] };
}

function place(object: KubeObject, { kinds, destinationNamespace }: PrepareOptions): KubeObject {
  const resource = kinds.preferred(gvkOf(object));
  const { namespace, ...metadata } = object.metadata;
  const isNamespaced = resource?.namespaced ?? true;
  if (!isNamespaced) return namespace === undefined ? object : { ...object, metadata };
  if (namespace !== undefined && namespace !== '') return object;
  return { ...object, metadata: { ...metadata, namespace: destinationNamespace } };
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
