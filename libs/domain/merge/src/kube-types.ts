import { TiphysError, type KubeObject } from '@tiphys/model';
import { kinds, modules } from './types/index.ts';

/**
 * How a scalar is encoded: string, bool, integer, float, quantity (`500m`), int-or-string (`80`, `25%`),
 * time (RFC 3339), duration (`1m30s`), bytes (base64).
 */
export type ScalarForm =
  'string' | 'bool' | 'integer' | 'float' | 'quantity' | 'int-or-string' | 'time' | 'duration' | 'bytes';

export type FieldType =
  | { readonly form: ScalarForm }
  | { readonly form: 'any' }
  | { readonly form: 'struct'; readonly ref: string }
  | { readonly form: 'list'; readonly of: FieldType }
  | { readonly form: 'map'; readonly of: FieldType };

/** One field of a built-in type and how a strategic merge patch treats it. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** True where the server tells "absent" from "zero": an explicit `false`, `0` or `{}` is kept. */
  readonly pointer: boolean;
  /** Lists are merged by element instead of replaced. */
  readonly merge: boolean;
  /** The field that names an element of a merged list of objects. */
  readonly mergeKey: string | undefined;
  /** The whole value is replaced, even where it is an object. */
  readonly replace: boolean;
  /** Keys that a patch doesn't name are cleared (unions such as `strategy` and volumes). */
  readonly retainKeys: boolean;
}

export interface StructType {
  /** `core/v1.PodSpec`: group directory, version and name. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}

const forms: Readonly<Record<string, ScalarForm>> = {
  s: 'string',
  b: 'bool',
  i: 'integer',
  f: 'float',
  q: 'quantity',
  x: 'int-or-string',
  t: 'time',
  d: 'duration',
  y: 'bytes',
};

const lines = new Map<string, string>();
const structs = new Map<string, StructType>();
const refsByKind = new Map<string, string>();

/** The type of a built-in kind; undefined for every other kind, custom resources among them. */
export function typeOfKind(object: Pick<KubeObject, 'apiVersion' | 'kind'>): StructType | undefined {
  if (refsByKind.size === 0) indexKinds();
  const ref = refsByKind.get(`${object.apiVersion} ${object.kind}`);
  return ref === undefined ? undefined : structNamed(ref);
}

/** The names of all built-in kinds as `apiVersion Kind`. */
export function builtInKinds(): readonly string[] {
  if (refsByKind.size === 0) indexKinds();
  return [...refsByKind.keys()];
}

/**
 * The struct of that name (`core/v1.PodSpec`).
 * @throws TiphysError `internal` where the table holds no such type.
 */
export function structNamed(ref: string): StructType {
  const known = structs.get(ref);
  if (known !== undefined) return known;
  const parsed = parseStruct(ref);
  structs.set(ref, parsed);
  return parsed;
}

/** True where the table holds a struct of that name. */
export function hasStruct(ref: string): boolean {
  if (lines.size === 0) indexLines();
  return lines.has(ref);
}

function indexKinds(): void {
  for (const line of kinds.trim().split('\n')) {
    const [apiVersion = '', kind = '', ref = ''] = line.split(' ');
    refsByKind.set(`${apiVersion} ${kind}`, ref);
  }
}

function indexLines(): void {
  for (const [module, text] of Object.entries(modules)) {
    for (const line of text.trim().split('\n')) {
      const space = line.indexOf(' ');
      const name = space < 0 ? line : line.slice(0, space);
      lines.set(`${module}.${name}`, space < 0 ? '' : line.slice(space + 1));
    }
  }
}

function parseStruct(ref: string): StructType {
  if (!hasStruct(ref)) throw new TiphysError('internal', `the table of built-in types holds no ${ref}`);
  const module = ref.slice(0, ref.lastIndexOf('.'));
  const fields = new Map<string, Field>();
  for (const word of (lines.get(ref) ?? '').split(' ')) {
    if (word === '') continue;
    const field = parseField(word, module);
    fields.set(field.name, field);
  }
  return { name: ref, fields };
}

/**
 * Reads `name:^type~strategy`. `^` marks a pointer, `?` a plain value; a type is one letter of `forms`, `*` for
 * anything, `[T]`, `{T}` for a map, or a struct name (short within its own module); a strategy holds the letters
 * m(erge), r(eplace), k (retain keys) and `=key` for the merge key.
 */
function parseField(word: string, module: string): Field {
  const colon = word.indexOf(':');
  const [code = '', strategy = ''] = word.slice(colon + 2).split('~');
  const [letters = '', mergeKey] = strategy.split('=');
  return {
    name: word.slice(0, colon),
    type: parseType(code, module),
    pointer: word[colon + 1] === '^',
    merge: letters.includes('m'),
    mergeKey,
    replace: letters.includes('r'),
    retainKeys: letters.includes('k'),
  };
}

function parseType(code: string, module: string): FieldType {
  if (code === '*') return { form: 'any' };
  const form = forms[code];
  if (form !== undefined) return { form };
  if (code.startsWith('[')) return { form: 'list', of: parseType(code.slice(1, -1), module) };
  if (code.startsWith('{')) return { form: 'map', of: parseType(code.slice(1, -1), module) };
  return { form: 'struct', ref: code.includes('.') ? code : `${module}.${code}` };
}
