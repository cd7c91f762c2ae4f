import {
  asJson,
  isJsonObject,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { applyPatch, jsonEqual, threeWayPatch, typeOfKind } from '@tiphys/merge';
import { changedPaths } from './changed-paths.ts';
import { sortedEndpoints } from './endpoints.ts';
import { withoutManagedDifferences } from './ignore/managed-fields.ts';
import { rulesFor, withoutIgnored } from './ignore/rules.ts';
import { normalizedLive } from './normalize.ts';
import type { CompareOptions } from './options.ts';
import { prepared } from './prepared.ts';
import { settledStruct, withoutNullFields } from './settle.ts';

export interface Comparison {
  /** True where applying the target would change nothing that counts. */
  readonly synced: boolean;
  /** The live object as it was compared. */
  readonly normalizedLive: KubeObject;
  /** What the live object would become; the very same object as `normalizedLive` where nothing changes. */
  readonly predictedLive: KubeObject;
  /** JSON pointers of what would change; empty where synced. */
  readonly changedPaths: readonly string[];
}

export interface ComparedObjects {
  readonly target: KubeObject;
  readonly live: KubeObject;
  readonly options?: CompareOptions;
}

/**
 * Compares a wanted object with the live one of the same kind and name. It predicts what a client-side apply would
 * make of the live object (three-way with what was applied last where the live object records it, else as if the
 * target itself had been) and looks whether that differs, after both have settled: one form for each value,
 * defaults filled in, ignored fields left out.
 *
 * Cost, measured on one busy core with Node 24: a ConfigMap in sync 2 µs, changed 9 µs; a usual Deployment 20 µs, one
 * with every odd form that users write 130 µs. The first comparison of a target adds the parsing of what was applied
 * last (about 15 µs a KiB); it is kept for as long as the target object is.
 */
export function compareObject({ target, live, options = noOptions }: ComparedObjects): Comparison {
  const { ignoreDifferences = [] } = options;
  const rules = ignoreDifferences.length === 0 ? [] : rulesFor(ignoreDifferences, live);
  const ready = prepared(target, live, options);
  const ignore = (object: JsonObject): JsonObject =>
    rules.length === 0 ? object : withoutIgnored(object, rules);
  const sides = withoutManaged(
    {
      target: ignore(withAnnotationsOf(live, ready.target)),
      live: ignore(normalizedLive(asJson(live), target, options)),
    },
    live,
    rules,
  );
  return predict(ready.original === ready.target ? sides.target : ignore(ready.original), sides);
}

const noOptions: CompareOptions = {};

/**
 * A target without annotations stands for one with none: those that were applied go one by one, and those that
 * others set stay, as the record of what was applied is one of them.
 */
function withAnnotationsOf(live: KubeObject, target: JsonObject): JsonObject {
  const metadata = target['metadata'];
  if (live.metadata.annotations === undefined || !isJsonObject(metadata)) return target;
  return metadata['annotations'] === undefined
    ? { ...target, metadata: { ...metadata, annotations: {} } }
    : target;
}

interface Sides {
  readonly target: JsonObject;
  readonly live: JsonObject;
}

function withoutManaged(sides: Sides, live: KubeObject, rules: readonly ResourceIgnoreDifferences[]): Sides {
  const managers = rules.flatMap((rule) => rule.managedFieldsManagers ?? []);
  return managers.length === 0
    ? sides
    : withoutManagedDifferences(sides, live.metadata.managedFields, managers);
}

function predict(original: JsonObject, sides: Sides): Comparison {
  const live = sides.live as unknown as KubeObject;
  const target = sides.target as unknown as KubeObject;
  const patch = threeWayPatch({ original, target, live });
  if (patch.isEmpty) return inSync(live);
  const before = settled(live);
  const after = settled(applyPatch(live, patch));
  if (jsonEqual(asJson(before), asJson(after))) return inSync(live);
  return {
    synced: false,
    normalizedLive: before,
    predictedLive: after,
    changedPaths: changedPaths(asJson(before), asJson(after)),
  };
}

const inSync = (live: KubeObject): Comparison => ({
  synced: true,
  normalizedLive: live,
  predictedLive: live,
  changedPaths: [],
});

function settled(object: KubeObject): KubeObject {
  const type = typeOfKind(object);
  if (type === undefined) return withoutNullFields(asJson(object)) as unknown as KubeObject;
  const result = settledStruct(asJson(object), type);
  return (object.kind === 'Endpoints' ? sortedEndpoints(result) : result) as unknown as KubeObject;
}
