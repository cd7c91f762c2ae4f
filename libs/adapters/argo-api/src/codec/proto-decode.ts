import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { readResourceOverride } from './resource-override.ts';
import { readIntOrString, readRawJson, readTime } from './special.ts';

const LENGTH = 2;

type Building = Record<string, JsonValue | undefined>;

/**
 * The plain object of protobuf bytes. Zero values of fields that are values are left out, as Kubernetes JSON does;
 * fields where absent differs from zero are kept. Unknown fields are skipped. Throws on bytes that are no message.
 */
export function decodeProto(shape: MessageShape, bytes: Uint8Array): JsonValue {
  const reader = new BinaryReader(bytes);
  return readBody(reader, shape, reader.len);
}

function readBody(reader: BinaryReader, shape: MessageShape, end: number): JsonValue {
  switch (shape.special) {
    case 'time':
      return readTime(reader, end, false);
    case 'micro-time':
      return readTime(reader, end, true);
    case 'raw-json':
      return readRawJson(reader, end);
    case 'int-or-string':
      return readIntOrString(reader, end);
    case 'resource-override':
      return readResourceOverride(readFields(reader, shape, end));
    case undefined:
      return readFields(reader, shape, end);
  }
}

function readFields(reader: BinaryReader, shape: MessageShape, end: number): JsonObject {
  const object: Building = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = shape.byNumber.get(number);
    if (!field) reader.skip(wireType);
    else if (field.label === 'list') readElement(reader, field, { object, wireType });
    else if (field.label === 'map') readEntry(reader, field, object);
    else if (field.message) readMessage(reader, field, object);
    else setScalar(object, field, readScalar(reader, field));
  }
  return object;
}

function readMessage(reader: BinaryReader, field: FieldShape, object: Building): void {
  const value = readSub(reader, field);
  if (!field.inline) {
    if (value !== null) object[field.key] = value;
    return;
  }
  const inner = value as JsonObject;
  const [only] = field.message?.fields ?? [];
  if (field.presence === 'pointer' && only && only.label !== 'single') {
    object[only.key] = inner[only.key] ?? (only.label === 'list' ? [] : {});
  } else {
    Object.assign(object, inner);
  }
}

function readSub(reader: BinaryReader, field: FieldShape): JsonValue {
  const length = reader.uint32();
  return readBody(reader, field.message as MessageShape, reader.pos + length);
}

function readElement(
  reader: BinaryReader,
  field: FieldShape,
  into: { readonly object: Building; readonly wireType: number },
): void {
  const list = (into.object[field.key] ??= []) as JsonValue[];
  if (field.message) {
    list.push(readSub(reader, field));
  } else if (into.wireType === LENGTH && field.kind !== 'string' && field.kind !== 'bytes') {
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) list.push(readScalar(reader, field));
  } else {
    list.push(readScalar(reader, field));
  }
}

function readEntry(reader: BinaryReader, field: FieldShape, object: Building): void {
  const map = (object[field.key] ??= {}) as Building;
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: JsonValue = field.message ? {} : zeroOf(field);
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1) key = reader.string();
    else if (number === 2) value = field.message ? readSub(reader, field) : readScalar(reader, field);
    else reader.skip(wireType);
  }
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

const zeroOf = (field: FieldShape): JsonValue =>
  field.kind === 'bool' ? false : field.kind === 'int32' || field.kind === 'int64' ? 0 : '';

function setScalar(object: Building, field: FieldShape, value: JsonValue): void {
  const zero = value === '' || value === 0 || value === false;
  if (zero && field.presence !== 'pointer') delete object[field.key];
  else object[field.key] = value;
}

function readScalar(reader: BinaryReader, field: FieldShape): JsonValue {
  switch (field.kind) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return shrink(BigInt(reader.int64()));
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'message':
      return null;
  }
}

const shrink = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
