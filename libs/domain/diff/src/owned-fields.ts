import { asJson, isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { isEmpty } from '@tiphys/merge';
import { parseJson } from '@tiphys/yaml';
import { isElement } from './ignore/field-paths.ts';
import { exclusiveFields } from './server-side/exclusive-fields.ts';
import { isZero } from './server-chosen.ts';

export interface AppliedSides {
  readonly target: KubeObject;
  readonly live: KubeObject;
}

/**
 * The part of a live object that a manager alone has set by server-side apply: what it applied last, as far as that
 * still holds and nobody else has set it too. Undefined where the manager has applied nothing.
 */
export function appliedFields({ target, live }: AppliedSides, manager: string): JsonObject | undefined {
  const owned = exclusiveFields(live.metadata.managedFields, manager);
  if (owned === undefined) return undefined;
  const { apiVersion, kind, metadata } = live;
  const part = project({ value: asJson(live), wanted: asJson(target) }, owned);
  const own = isJsonObject(part) ? part : {};
  const ownMetadata = isJsonObject(own['metadata']) ? own['metadata'] : {};
  return { ...own, apiVersion, kind, metadata: { ...ownMetadata, name: metadata.name } };
}

interface Part {
  readonly value: JsonValue;
  /** What the target wants there. */
  readonly wanted: JsonValue | undefined;
}

function project({ value, wanted }: Part, owned: JsonObject): JsonValue | undefined {
  const below = Object.entries(owned).filter(
    (entry): entry is [string, JsonObject] => entry[0] !== '.' && isJsonObject(entry[1]),
  );
  if (below.length === 0) return isLeftToServer(wanted) ? undefined : value;
  if (Array.isArray(value)) return projectList(value as readonly JsonValue[], wanted, below);
  return isJsonObject(value) ? projectObject(value, wanted, below) : value;
}

/** A field that is wanted empty may have been filled by the server; what it holds then was not applied. */
const isLeftToServer = (wanted: JsonValue | undefined): boolean =>
  wanted !== undefined && (isZero(wanted) || (isJsonObject(wanted) && isEmpty(wanted)));

type Below = readonly (readonly [string, JsonObject])[];

function projectObject(value: JsonObject, wanted: JsonValue | undefined, below: Below): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [path, owned] of below) {
    const key = path.slice(2);
    const inner = path.startsWith('f:') ? value[key] : undefined;
    if (inner === undefined) continue;
    const part = project({ value: inner, wanted: isJsonObject(wanted) ? wanted[key] : undefined }, owned);
    if (part !== undefined) result[key] = part;
  }
  return result;
}

function projectList(
  list: readonly JsonValue[],
  wanted: JsonValue | undefined,
  below: Below,
): readonly JsonValue[] {
  const candidates = Array.isArray(wanted) ? (wanted as readonly JsonValue[]) : [];
  return list.flatMap((element, index) => {
    const found = below.find(([path]) => isElement(element, index, path));
    if (found === undefined) return [];
    const [path, owned] = found;
    const same = candidates.find((candidate, at) => isElement(candidate, at, path));
    const part = project({ value: element, wanted: same }, owned);
    const keys = path.startsWith('k:') ? parseJson(path.slice(2), 'managedFields') : undefined;
    if (part === undefined) return [];
    return [isJsonObject(part) && isJsonObject(keys) ? { ...keys, ...part } : part];
  });
}
