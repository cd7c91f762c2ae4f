import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { withoutPath } from './json-pointer.ts';

/** One step of a path: a key, an index, every element, or the elements for which a field equals a value. */
export type JqStep = (
  | { readonly step: 'key'; readonly key: string }
  | { readonly step: 'index'; readonly index: number }
  | { readonly step: 'each' }
  | { readonly step: 'select'; readonly path: readonly string[]; readonly equals: string | number | boolean }
) & {
  /** Written with `?`: a value that the step cannot be taken from is passed over. */
  readonly optional?: true;
};

const KEY = /^\.([A-Za-z_]\w*)|^\.?\["((?:[^"\\]|\\.)*)"\]|^\."((?:[^"\\]|\\.)*)"/;
const INDEX = /^\.?\[(\d{1,9})\]/;
const EACH = /^\.?\[\]/;
const SELECT =
  /^\s*\|\s*select\(\s*((?:\.[A-Za-z_]\w*)+)\s*==\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)\s*\)\s*(?:\|\s*(?=\.))?/;

/**
 * Reads the plain jq paths that most rules are: `.a.b`, `.a["b"]`, `.a[]`, `.a[0]`, `?`, and
 * `.list[] | select(.name == "x") | .field`. Undefined for everything else, which needs jq.
 */
export function parseJqPath(expression: string): readonly JqStep[] | undefined {
  const steps: JqStep[] = [];
  let rest = expression.trim();
  if (!rest.startsWith('.')) return undefined;
  while (rest !== '') {
    const [step, length] = nextStep(rest);
    if (step === undefined) return undefined;
    rest = rest.slice(length);
    const isOptional = rest.startsWith('?');
    steps.push(isOptional ? { ...step, optional: true } : step);
    if (isOptional) rest = rest.slice(1);
  }
  return steps.length > 0 ? steps : undefined;
}

const NO_STEP = [undefined, 0] as const;

function nextStep(rest: string): readonly [JqStep | undefined, number] {
  const key = KEY.exec(rest);
  if (key !== null) {
    const text = keyText(key);
    return text === undefined ? NO_STEP : [{ step: 'key', key: text }, key[0].length];
  }
  const index = INDEX.exec(rest);
  if (index !== null) return [{ step: 'index', index: Number(index[1]) }, index[0].length];
  const each = EACH.exec(rest);
  if (each !== null) return [{ step: 'each' }, each[0].length];
  const select = SELECT.exec(rest);
  if (select === null) return NO_STEP;
  const [whole, path = '', literal = ''] = select;
  const equals = literalOf(literal);
  if (equals === undefined) return NO_STEP;
  return [{ step: 'select', path: path.slice(1).split('.'), equals }, whole.length];
}

function keyText([, plain, bracketed, quoted]: RegExpExecArray): string | undefined {
  const text = bracketed ?? quoted;
  if (text === undefined) return plain;
  const read = literalOf(`"${text}"`);
  return typeof read === 'string' ? read : undefined;
}

/** A text may hold what only jq knows, such as `\(.a)`. */
function literalOf(text: string): string | number | boolean | undefined {
  try {
    return JSON.parse(text) as string | number | boolean;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The object without everything that the steps lead to; as it is where a step cannot be taken, as jq would fail. */
export function withoutJqPath(object: JsonObject, steps: readonly JqStep[]): JsonObject {
  // Last first, so that removing one element of a list doesn't move those still to be removed.
  const paths = pathsOf(object, steps, [])?.toReversed() ?? [];
  if (paths.some((path) => leadsIntoText(object, path))) return object;
  return paths.reduce<JsonValue>((value, path) => withoutPath(value, path), object) as JsonObject;
}

type Path = readonly (string | number)[];

/** A character of a text can be led to, but not removed: jq fails. */
function leadsIntoText(object: JsonObject, path: Path): boolean {
  let current: JsonValue | undefined = object;
  for (const key of path) {
    if (typeof current === 'string') return true;
    current = (current as Readonly<Record<string | number, JsonValue>> | null | undefined)?.[key];
  }
  return false;
}

/** The paths of keys that the steps lead to, existing or not; undefined where one of them cannot be taken. */
function pathsOf(value: JsonValue | undefined, steps: readonly JqStep[], at: Path): Path[] | undefined {
  const [first, ...rest] = steps;
  if (first === undefined) return [at];
  const next = taken(value ?? null, first);
  if (next === undefined) return first.optional === true ? [] : undefined;
  const found: Path[] = [];
  for (const [keys, inner] of next) {
    const paths = pathsOf(inner, rest, [...at, ...keys]);
    if (paths === undefined) return undefined;
    for (const path of paths) found.push(path);
  }
  return found;
}

type Taken = readonly (readonly [Path, JsonValue | undefined])[];

/** What one step leads to from a value, and by which keys. Null has every key and index, and no elements; a text has characters. */
function taken(value: JsonValue, step: JqStep): Taken | undefined {
  switch (step.step) {
    case 'key':
      if (value === null) return [[[step.key], null]];
      return isJsonObject(value) ? [[[step.key], own(value, step.key)]] : undefined;
    case 'index':
      if (value === null) return [[[step.index], null]];
      if (typeof value === 'string') return [[[step.index], [...value][step.index] ?? null]];
      return Array.isArray(value) ? [[[step.index], (value as readonly JsonValue[])[step.index]]] : undefined;
    case 'each':
      return children(value);
    case 'select': {
      const field = fieldAt(value, step.path);
      if (field === undefined) return undefined;
      return isSame(field, step.equals) ? [[[], value]] : [];
    }
  }
}

function children(value: JsonValue): Taken | undefined {
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((inner, index) => [[index], inner] as const);
  if (!isJsonObject(value)) return undefined;
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .map((key) => [[key], value[key]] as const);
}

const own = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Null for a field that is not there; undefined where a value on the way can have no field. */
function fieldAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let current: JsonValue = value;
  for (const key of path) {
    if (current === null) return null;
    if (!isJsonObject(current)) return undefined;
    current = own(current, key) ?? null;
  }
  return current;
}

const isSame = (value: JsonValue, literal: string | number | boolean): boolean =>
  value === literal ||
  (typeof value === 'bigint' && Number(value) === literal && Number.isSafeInteger(literal));
