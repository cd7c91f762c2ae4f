import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { goTypeName, simpleName } from '../schema/shape.ts';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { firstValue } from './first-value.ts';
import { parseJson } from './json-text.ts';
import { canonicalTime } from './special.ts';

type Building = Record<string, JsonValue | undefined>;

/** Where a value stands, for the error text. */
interface Place {
  /** Name of the struct that holds the field; undefined at the top. */
  readonly struct: string | undefined;
  readonly path: string;
}

const TOP: Place = { struct: undefined, path: '' };

/**
 * Reads REST JSON into a plain object as Go's encoding/json fills a struct: keys ignore case, unknown keys and
 * `null` are skipped, trailing text is left alone. Undefined for an empty text.
 * @throws TiphysError `invalid` with Go's own wording, which scripts match on.
 */
export function decodeJson(shape: MessageShape, text: string): JsonValue | undefined {
  const first = firstValue(text);
  if (first.state === 'empty') return undefined;
  if (first.state === 'cut') throw new TiphysError('invalid', 'unexpected EOF');
  return readMessage(shape, parsed(first.text), TOP);
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof TiphysError) throw cause;
    const char = /Unexpected token '?(.)/.exec(cause instanceof Error ? cause.message : '')?.[1];
    const what =
      char === undefined ? 'invalid JSON' : `invalid character '${char}' looking for beginning of value`;
    throw new TiphysError('invalid', what, { cause });
  }
}

function readMessage(shape: MessageShape, value: JsonValue, place: Place): JsonValue {
  switch (shape.special) {
    case 'time':
    case 'micro-time':
      return readTime(value, place);
    case 'raw-json':
    case 'resource-override':
      return value;
    case 'int-or-string':
      if (typeof value === 'number' || typeof value === 'string' || value === null) return value;
      throw mismatch(value, place, 'intstr.IntOrString');
    case undefined:
      return readObject(shape, value, place);
  }
}

function readTime(value: JsonValue, place: Place): JsonValue {
  if (value === null) return null;
  if (typeof value !== 'string') throw mismatch(value, place, 'string');
  if (canonicalTime(value) === undefined) {
    throw new TiphysError(
      'invalid',
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse`,
    );
  }
  return value;
}

function readObject(shape: MessageShape, value: JsonValue, place: Place): JsonObject {
  if (value === null) return {};
  if (!isJsonObject(value)) throw mismatch(value, place, goTypeName(shape));
  const object: Building = {};
  for (const [key, member] of Object.entries(value)) {
    const field = shape.byKey.get(key.toLowerCase());
    if (!field || member === undefined || member === null) continue;
    const path = place.path === '' ? field.key : `${place.path}.${field.key}`;
    object[field.key] = readField(field, member, { struct: simpleName(shape), path });
  }
  return object;
}

function readField(field: FieldShape, value: JsonValue, place: Place): JsonValue {
  if (field.label === 'list') {
    if (!Array.isArray(value)) throw mismatch(value, place, `[]${elementType(field)}`);
    return (value as readonly JsonValue[]).map((item) => readElement(field, item, place));
  }
  if (field.label === 'map') {
    if (!isJsonObject(value)) throw mismatch(value, place, `map[string]${elementType(field)}`);
    return mapValues(value, (item) => readElement(field, item, place));
  }
  return readElement(field, value, place);
}

function mapValues(object: JsonObject, read: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, read(value ?? null)]));
}

function readElement(field: FieldShape, value: JsonValue, place: Place): JsonValue {
  if (field.message) return readMessage(field.message, value, place);
  if (value === null) return field.kind === 'bool' ? false : field.kind === 'string' ? '' : 0;
  const fits =
    field.kind === 'bool'
      ? typeof value === 'boolean'
      : field.kind === 'int32' || field.kind === 'int64'
        ? isInteger(value)
        : typeof value === 'string';
  if (!fits) throw mismatch(value, place, elementType(field));
  return value;
}

const isInteger = (value: JsonValue): boolean => typeof value === 'bigint' || Number.isInteger(value);

const elementType = (field: FieldShape): string =>
  field.message ? goTypeName(field.message) : field.kind === 'bytes' ? 'uint8' : field.kind;

function mismatch(value: JsonValue, place: Place, type: string): TiphysError {
  const target = place.struct === undefined ? 'Go value' : `Go struct field ${place.struct}.${place.path}`;
  return new TiphysError(
    'invalid',
    `json: cannot unmarshal ${describe(value)} into ${target} of type ${type}`,
  );
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && !Number.isInteger(value)) return `number ${String(value)}`;
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}
