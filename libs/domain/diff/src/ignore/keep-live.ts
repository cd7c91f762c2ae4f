import {
  asJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { parseJqPath, pathsOf } from './jq-path.ts';
import { parsePointer, withoutPath } from './json-pointer.ts';
import { rulesFor } from './rules.ts';

type Path = readonly (string | number)[];

/**
 * The target with the values of the live object wherever an ignore rule names a field by JSON pointer or plain jq
 * path (sync option `RespectIgnoreDifferences`), so that applying it leaves these fields alone. A field that live
 * doesn't have is left out; a list element is matched by its index.
 */
export function withIgnoredFromLive(
  { target, live }: { readonly target: KubeObject; readonly live: KubeObject },
  rules: readonly ResourceIgnoreDifferences[],
): KubeObject {
  let result: JsonValue = asJson(target);
  for (const path of ignoredPaths(rulesFor(rules, live), [asJson(target), asJson(live)])) {
    const value = valueAtPath(asJson(live), path);
    result = value === undefined ? withoutPath(result, path) : withPath(result, path, value);
  }
  return result as unknown as KubeObject;
}

function ignoredPaths(
  rules: readonly ResourceIgnoreDifferences[],
  sides: readonly JsonObject[],
): readonly Path[] {
  return rules.flatMap((rule) => [
    ...(rule.jsonPointers ?? []).flatMap((pointer) => {
      const path = parsePointer(pointer);
      return path === undefined ? [] : [path];
    }),
    ...(rule.jqPathExpressions ?? []).flatMap((expression) => {
      const steps = parseJqPath(expression);
      return steps === undefined ? [] : sides.flatMap((side) => pathsOf(side, steps, []));
    }),
  ]);
}

function valueAtPath(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = (current as readonly JsonValue[])[Number(key)];
    else current = isJsonObject(current) ? current[String(key)] : undefined;
  }
  return current;
}

/** Sets a value; parents that are missing are made, except within lists. */
function withPath(target: JsonValue | undefined, path: Path, value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const list = target as readonly JsonValue[];
    const inner = list[Number(key)];
    return inner === undefined ? list : list.with(Number(key), withPath(inner, rest, value));
  }
  const object = isJsonObject(target) ? target : {};
  return { ...object, [key]: withPath(object[String(key)], rest, value) };
}
