import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { goText, quote } from './json-text.ts';
import { memoOf } from './memo.ts';
import { canonicalMicroTime, canonicalTime } from './special.ts';

/**
 * The REST JSON text of a plain object: what Go's encoding/json makes of the struct. Keys in field order, maps sorted,
 * 64-bit integers as numbers, empty fields left out where the struct says so. Unknown keys are left out.
 */
export function encodeJson(shape: MessageShape, value: JsonValue | undefined): string {
  const memo = memoOf(shape, value);
  if (memo?.json !== undefined) return memo.json;
  const text = bodyText(shape, value);
  if (memo) memo.json = text;
  return text;
}

function bodyText(shape: MessageShape, value: JsonValue | undefined): string {
  switch (shape.special) {
    case 'time':
      return timeText(value, canonicalTime);
    case 'micro-time':
      return timeText(value, canonicalMicroTime);
    case 'raw-json':
    case 'resource-override':
      return goText(value ?? null);
    case 'int-or-string':
      return typeof value === 'string' ? quote(value) : typeof value === 'number' ? String(value) : '0';
    case undefined:
      return objectText(shape, isJsonObject(value) ? value : {});
  }
}

function timeText(value: JsonValue | undefined, canonical: (text: string) => string | undefined): string {
  const text = typeof value === 'string' ? canonical(value) : undefined;
  return text === undefined ? 'null' : `"${text}"`;
}

function objectText(shape: MessageShape, object: JsonObject): string {
  const members: string[] = [];
  pushMembers(members, shape, object);
  return `{${members.join(',')}}`;
}

function pushMembers(members: string[], shape: MessageShape, object: JsonObject): void {
  for (const field of shape.fields) {
    if (field.inline) {
      pushInline(members, field, object);
      continue;
    }
    const text = fieldText(field, object[field.key]);
    if (text !== undefined) members.push(`${quote(field.key)}:${text}`);
  }
}

function pushInline(members: string[], field: FieldShape, object: JsonObject): void {
  const message = field.message as MessageShape;
  if (field.presence === 'pointer' && !message.keys.some((key) => object[key] !== undefined)) return;
  pushMembers(members, message, object);
}

/** The JSON text of the value of a field that is not inlined; undefined where it is left out. */
export function fieldText(field: FieldShape, value: JsonValue | undefined): string | undefined {
  if (field.label === 'list') return listText(field, value);
  if (field.label === 'map') return mapText(field, value);
  return field.message ? messageText(field, value) : scalarFieldText(field, value);
}

function messageText(field: FieldShape, value: JsonValue | undefined): string | undefined {
  const message = field.message as MessageShape;
  if (field.presence === 'value') {
    const zero = field.omitzero && (value === undefined || value === null);
    return zero ? undefined : encodeJson(message, value);
  }
  if (value === undefined || value === null) return field.always ? 'null' : undefined;
  return encodeJson(message, value);
}

function listText(field: FieldShape, value: JsonValue | undefined): string | undefined {
  if (!Array.isArray(value)) return field.always ? 'null' : undefined;
  const items = value as readonly JsonValue[];
  if (items.length === 0) return field.always || field.presence === 'pointer' ? '[]' : undefined;
  return `[${items.map((item) => elementText(field, item)).join(',')}]`;
}

function mapText(field: FieldShape, value: JsonValue | undefined): string | undefined {
  if (!isJsonObject(value)) return field.always ? 'null' : undefined;
  const keys = Object.keys(value);
  if (keys.length === 0) return field.always || field.presence === 'pointer' ? '{}' : undefined;
  return `{${keys
    .sort()
    .map((key) => `${quote(key)}:${elementText(field, value[key])}`)
    .join(',')}}`;
}

const elementText = (field: FieldShape, value: JsonValue | undefined): string =>
  field.message ? encodeJson(field.message, value) : scalarText(field, value);

function scalarFieldText(field: FieldShape, value: JsonValue | undefined): string | undefined {
  const unset = value === undefined || value === null;
  if (field.presence === 'pointer') {
    if (unset) return field.always ? 'null' : undefined;
    if (field.kind === 'bytes' && value === '') return field.always ? '""' : undefined;
    return scalarText(field, value);
  }
  const zero = unset || value === '' || value === 0 || value === false;
  return zero && !field.always ? undefined : scalarText(field, value);
}

function scalarText(field: FieldShape, value: JsonValue | undefined): string {
  switch (field.kind) {
    case 'string':
    case 'bytes':
      return typeof value === 'string' ? quote(value) : '""';
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'int32':
    case 'int64':
      return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : '0';
    case 'message':
      return 'null';
  }
}
