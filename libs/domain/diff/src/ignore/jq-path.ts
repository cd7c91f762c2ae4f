import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { withoutPath } from './json-pointer.ts';

/** One step of a path: a key, an index, every element, or the elements for which a field equals a value. */
export type JqStep =
  | { readonly step: 'key'; readonly key: string }
  | { readonly step: 'index'; readonly index: number }
  | { readonly step: 'each' }
  | { readonly step: 'select'; readonly path: readonly string[]; readonly equals: string | number | boolean };

const KEY = /^\.([A-Za-z_]\w*)|^\.?\["((?:[^"\\]|\\.)*)"\]|^\."((?:[^"\\]|\\.)*)"/;
const INDEX = /^\.?\[(\d+)\]/;
const EACH = /^\.?\[\]/;
const SELECT =
  /^\s*\|\s*select\(\s*((?:\.[A-Za-z_]\w*)+)\s*==\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)\s*\)\s*(?:\|\s*(?=\.))?/;

/**
 * Reads the plain jq paths that most rules are: `.a.b`, `.a["b"]`, `.a[]`, `.a[0]`, `?`, and
 * `.list[] | select(.name == "x") | .field` (also in parentheses). Undefined for everything else, which needs jq.
 */
export function parseJqPath(expression: string): readonly JqStep[] | undefined {
  const steps: JqStep[] = [];
  let rest = expression.trim();
  while (rest !== '') {
    const [step, length] = nextStep(rest);
    if (step === undefined) return undefined;
    steps.push(step);
    rest = rest.slice(length).replace(/^\?/, '');
  }
  return steps.length > 0 ? steps : undefined;
}

function nextStep(rest: string): readonly [JqStep | undefined, number] {
  const key = KEY.exec(rest);
  if (key !== null) return [{ step: 'key', key: keyText(key) }, key[0].length];
  const index = INDEX.exec(rest);
  if (index !== null) return [{ step: 'index', index: Number(index[1]) }, index[0].length];
  const each = EACH.exec(rest);
  if (each !== null) return [{ step: 'each' }, each[0].length];
  const select = SELECT.exec(rest);
  if (select === null) return [undefined, 0];
  const [whole, path = '', literal = ''] = select;
  const equals = JSON.parse(literal) as string | number | boolean;
  return [{ step: 'select', path: path.slice(1).split('.'), equals }, whole.length];
}

function keyText([, plain, bracketed, quoted]: RegExpExecArray): string {
  const text = bracketed ?? quoted;
  return text === undefined ? (plain ?? '') : (JSON.parse(`"${text}"`) as string);
}

/** The object without everything that the steps lead to. */
export function withoutJqPath(object: JsonObject, steps: readonly JqStep[]): JsonObject {
  // Last first, so that removing one element of a list doesn't move those still to be removed.
  const paths = pathsOf(object, steps, []).reverse();
  return paths.reduce<JsonValue>((value, path) => withoutPath(value, path), object) as JsonObject;
}

type Path = readonly (string | number)[];

/** The paths of keys that the steps lead to in a value. */
export function pathsOf(value: JsonValue | undefined, steps: readonly JqStep[], at: Path): Path[] {
  const [first, ...rest] = steps;
  if (value === undefined) return [];
  if (first === undefined) return [at];
  switch (first.step) {
    case 'key':
      return isJsonObject(value) ? pathsOf(value[first.key], rest, [...at, first.key]) : [];
    case 'index':
      return Array.isArray(value)
        ? pathsOf((value as JsonValue[])[first.index], rest, [...at, first.index])
        : [];
    case 'each':
      return children(value).flatMap(([key, inner]) => pathsOf(inner, rest, [...at, key]));
    case 'select':
      return fieldAt(value, first.path) === first.equals ? pathsOf(value, rest, at) : [];
  }
}

function children(value: JsonValue): (readonly [string | number, JsonValue])[] {
  if (Array.isArray(value)) return (value as JsonValue[]).map((inner, index) => [index, inner] as const);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, inner] as const],
  );
}

function fieldAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const key of path) current = isJsonObject(current) ? current[key] : undefined;
  return current;
}
