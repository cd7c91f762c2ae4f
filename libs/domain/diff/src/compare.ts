import {
  asJson,
  isJsonObject,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { applyPatch, threeWayPatch, typeOfKind } from '@tiphys/merge';
import { changeOf, inSync, type Comparison } from './change.ts';
import { withoutManagedDifferences } from './ignore/managed-fields.ts';
import { rulesFor, withoutIgnored } from './ignore/rules.ts';
import { normalizedLive } from './normalize.ts';
import type { CompareOptions } from './options.ts';
import { prepared } from './prepared.ts';
import { appliedOnto } from './server-side/applied-merge.ts';

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
  const rules = matching(live, options);
  const ready = prepared(target, live, options);
  const ignore = ignoring(rules);
  const sides = withoutManaged(
    {
      target: ignore(withAnnotationsOf(live, ready.target)),
      live: ignore(normalizedLive(asJson(live), target, options)),
    },
    live,
    rules,
  );
  const onto = mergedOnServer(sides, live, options);
  if (onto !== undefined) return changeOf(sides.live as unknown as KubeObject, onto);
  return predict(ready.original === ready.target ? sides.target : ignore(ready.original), sides);
}

/** Types that are not built in have their keys of lists in the records of who owns what alone. */
function mergedOnServer(
  sides: Sides,
  { apiVersion, kind, metadata }: KubeObject,
  { serverSideManager }: CompareOptions,
): KubeObject | undefined {
  if (serverSideManager === undefined || typeOfKind({ apiVersion, kind }) !== undefined) return undefined;
  return appliedOnto(sides, metadata.managedFields, serverSideManager) as KubeObject | undefined;
}

/**
 * Compares a live object with what the API server says that it would become: after both have lost what the rules
 * ignore and what only a server counts.
 */
export function comparePredicted({ predicted, live, options = noOptions }: PredictedObjects): Comparison {
  const rules = matching(live, options);
  const ignore = ignoring(rules);
  const normal = (object: KubeObject): JsonObject =>
    ignore(withoutCounters(normalizedLive(asJson(object), live, options)));
  const sides = withoutManaged({ target: normal(predicted), live: normal(live) }, live, rules);
  return changeOf(sides.live as unknown as KubeObject, sides.target as unknown as KubeObject);
}

export interface PredictedObjects {
  readonly predicted: KubeObject;
  readonly live: KubeObject;
  readonly options?: CompareOptions;
}

const noOptions: CompareOptions = {};

const matching = (
  live: KubeObject,
  { ignoreDifferences = [] }: CompareOptions,
): readonly ResourceIgnoreDifferences[] =>
  ignoreDifferences.length === 0 ? [] : rulesFor(ignoreDifferences, live);

const ignoring =
  (rules: readonly ResourceIgnoreDifferences[]) =>
  (object: JsonObject): JsonObject =>
    rules.length === 0 ? object : withoutIgnored(object, rules);

function withoutCounters(object: JsonObject): JsonObject {
  if (!isJsonObject(object['metadata'])) return object;
  const { generation: _generation, resourceVersion: _version, ...metadata } = object['metadata'];
  return { ...object, metadata };
}

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
  return changeOf(live, applyPatch(live, patch));
}
