import { isJsonObject, type JsonValue } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import { formatPointer } from './ignore/json-pointer.ts';

/** The JSON pointers of the smallest parts in which two values differ, in order. */
export function changedPaths(from: JsonValue | undefined, to: JsonValue | undefined): readonly string[] {
  const paths: string[] = [];
  collect({ from, to }, [], paths);
  return paths;
}

interface Pair {
  readonly from: JsonValue | undefined;
  readonly to: JsonValue | undefined;
}

function collect({ from, to }: Pair, at: readonly (string | number)[], into: string[]): void {
  if (jsonEqual(from, to)) return;
  if (isJsonObject(from) && isJsonObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      collect({ from: from[key], to: to[key] }, [...at, key], into);
    }
  } else if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    const [left, right] = [from as JsonValue[], to as JsonValue[]];
    left.forEach((element, index) => {
      collect({ from: element, to: right[index] }, [...at, index], into);
    });
  } else into.push(formatPointer(at));
}
