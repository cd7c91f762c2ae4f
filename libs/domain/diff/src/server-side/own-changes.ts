import { asJson, isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { isEmpty, jsonEqual } from '@tiphys/merge';
import {
  below,
  fieldsOf,
  fieldsOfAll,
  isWhole,
  ownedElements,
  shapeOf,
  type FieldTree,
  type ListShape,
} from './field-tree.ts';

export interface PredictedSides {
  readonly target: KubeObject;
  readonly live: KubeObject;
  /** What the API server answered to a dry run of applying the target. */
  readonly predicted: KubeObject;
}

/**
 * The predicted object without what others, such as mutating webhooks, changed on the way: fields that the manager
 * does not own stay as they are live. What is gone from the live object stays gone, whoever owned it.
 */
export function withoutForeignChanges(
  { target, live, predicted }: PredictedSides,
  manager: string,
): KubeObject {
  const { managedFields } = predicted.metadata;
  const entries = [...(managedFields ?? []), ...(live.metadata.managedFields ?? [])];
  const own = ownPart({
    target: asJson(target),
    live: asJson(live),
    predicted: asJson(predicted),
    owned: fieldsOf(managedFields, manager),
    known: fieldsOfAll(entries),
  });
  return { ...(own as unknown as KubeObject), apiVersion: predicted.apiVersion, kind: predicted.kind };
}

interface Place {
  readonly target: JsonValue | undefined;
  readonly live: JsonValue | undefined;
  readonly predicted: JsonValue | undefined;
  /** What the manager owns here. */
  readonly owned: FieldTree | undefined;
  /** What anybody owns here; tells how the elements of lists are told apart. */
  readonly known: FieldTree | undefined;
}

function ownPart(place: Place): JsonValue | undefined {
  const { live, predicted, owned, known } = place;
  if (predicted === undefined || jsonEqual(live, predicted)) return predicted;
  if (isJsonObject(predicted) && (live === undefined || isJsonObject(live)) && !isOwnedWhole(place)) {
    return live === undefined && owned === undefined ? undefined : ownFields(place, predicted, live ?? {});
  }
  const shape = Array.isArray(predicted) ? shapeOf(known) : undefined;
  if (shape !== undefined && (live === undefined || Array.isArray(live))) {
    return ownList(place, shape);
  }
  return owned === undefined ? live : predicted;
}

/** A map owned without its fields is replaced as a whole, unless it was applied empty: then what is in it is not ours. */
const isOwnedWhole = ({ owned, target }: Place): boolean =>
  owned !== undefined && isWhole(owned) && isJsonObject(target) && !isEmpty(target);

function ownFields(place: Place, predicted: JsonObject, live: JsonObject): JsonObject {
  const { target, owned, known } = place;
  const result: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(predicted)])) {
    const part = ownPart({
      target: isJsonObject(target) ? target[key] : undefined,
      live: live[key],
      predicted: predicted[key],
      owned: below(owned, `f:${key}`),
      known: below(known, `f:${key}`),
    });
    if (part !== undefined) result[key] = part;
  }
  return result;
}

function ownList(place: Place, shape: ListShape): readonly JsonValue[] | undefined {
  const byIdentity = (side: JsonValue | undefined): ReadonlyMap<string, JsonValue> =>
    new Map(elementsOf(side).map((element) => [shape.identityOf(element), element]));
  const [target, live, predicted] = [place.target, place.live, place.predicted].map(byIdentity);
  const owned = ownedElements(place.owned, shape);
  const known = ownedElements(place.known, shape);
  const result: JsonValue[] = [];
  for (const identity of new Set([...(live?.keys() ?? []), ...(predicted?.keys() ?? [])])) {
    const sides = {
      target: target?.get(identity),
      live: live?.get(identity),
      predicted: predicted?.get(identity),
    };
    const mine = owned.get(identity);
    if (sides.live === undefined && mine === undefined) continue;
    const part = ownPart({ ...sides, owned: mine, known: known.get(identity) });
    if (part !== undefined) result.push(withKeys(part, sides.predicted, shape));
  }
  return place.live === undefined && result.length === 0 ? undefined : result;
}

const elementsOf = (side: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(side) ? (side as readonly JsonValue[]) : [];

/** An element cannot be without the fields that name it, whoever set them. */
function withKeys(part: JsonValue, predicted: JsonValue | undefined, { keys }: ListShape): JsonValue {
  if (!isJsonObject(part) || !isJsonObject(predicted)) return part;
  const named = keys
    .filter((key) => predicted[key] !== undefined)
    .map((key) => [key, predicted[key]] as const);
  return { ...part, ...Object.fromEntries(named) };
}
