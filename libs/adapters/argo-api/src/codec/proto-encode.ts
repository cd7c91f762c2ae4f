import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { memoOf } from './memo.ts';
import { writeResourceOverride } from './resource-override.ts';
import { writeIntOrString, writeMicroTime, writeRawJson, writeTime } from './special.ts';

const VARINT = 0;
const LENGTH = 2;

/** The protobuf bytes of a plain object. Unknown keys are left out, a value of another type counts as absent. */
export function encodeProto(shape: MessageShape, object: JsonValue | undefined): Uint8Array {
  const memo = memoOf(shape, object);
  if (memo?.proto !== undefined) return memo.proto;
  const writer = new BinaryWriter();
  writeBody(writer, shape, object);
  const bytes = writer.finish();
  if (memo) memo.proto = bytes;
  return bytes;
}

function writeBody(writer: BinaryWriter, shape: MessageShape, value: JsonValue | undefined): void {
  switch (shape.special) {
    case 'time':
      return writeTime(writer, value);
    case 'micro-time':
      return writeMicroTime(writer, value);
    case 'raw-json':
      return writeRawJson(writer, value);
    case 'int-or-string':
      return writeIntOrString(writer, value);
    case 'resource-override':
      return writeFields(writer, shape, writeResourceOverride(value));
    case undefined:
      return writeFields(writer, shape, isJsonObject(value) ? value : {});
  }
}

function writeFields(writer: BinaryWriter, shape: MessageShape, object: JsonObject): void {
  for (const field of shape.fields) {
    if (field.label === 'list') writeList(writer, field, object[field.key]);
    else if (field.label === 'map') writeMap(writer, field, object[field.key]);
    else if (field.message) writeMessageField(writer, field, object);
    else writeScalarField(writer, field, object[field.key]);
  }
}

function writeMessageField(writer: BinaryWriter, field: FieldShape, parent: JsonObject): void {
  const message = field.message as MessageShape;
  const value = field.inline ? parent : parent[field.key];
  if (field.presence === 'pointer' && !field.required) {
    if (field.inline ? !message.keys.some((key) => isSet(parent[key])) : !isSet(value)) return;
  }
  writeMessage(writer, field.number, { shape: message, value });
}

const isSet = (value: JsonValue | undefined): boolean => value !== undefined && value !== null;

function writeMessage(
  writer: BinaryWriter,
  number: number,
  content: { readonly shape: MessageShape; readonly value: JsonValue | undefined },
): void {
  if (memoOf(content.shape, content.value)) {
    writer.tag(number, LENGTH).bytes(encodeProto(content.shape, content.value));
    return;
  }
  writer.tag(number, LENGTH).fork();
  writeBody(writer, content.shape, content.value);
  writer.join();
}

function writeList(writer: BinaryWriter, field: FieldShape, value: JsonValue | undefined): void {
  if (!Array.isArray(value) || value.length === 0) return;
  const items = value as readonly JsonValue[];
  if (field.message) {
    for (const item of items) writeMessage(writer, field.number, { shape: field.message, value: item });
  } else if (field.packed) {
    writer.tag(field.number, LENGTH).fork();
    for (const item of items) writeScalar(writer, field, item);
    writer.join();
  } else {
    for (const item of items) {
      writer.tag(field.number, wireTypeOf(field));
      writeScalar(writer, field, item);
    }
  }
}

function writeMap(writer: BinaryWriter, field: FieldShape, value: JsonValue | undefined): void {
  if (!isJsonObject(value)) return;
  for (const key of Object.keys(value).sort()) {
    writer.tag(field.number, LENGTH).fork();
    writer.tag(1, LENGTH).string(key);
    if (field.message) {
      writeMessage(writer, 2, { shape: field.message, value: value[key] });
    } else {
      writer.tag(2, wireTypeOf(field));
      writeScalar(writer, field, value[key]);
    }
    writer.join();
  }
}

function writeScalarField(writer: BinaryWriter, field: FieldShape, value: JsonValue | undefined): void {
  const written =
    field.required ||
    field.presence === 'value' ||
    (field.presence === 'pointer' ? isSet(value) : isSet(value) && !isZero(value));
  if (!written) return;
  writer.tag(field.number, wireTypeOf(field));
  writeScalar(writer, field, value);
}

const isZero = (value: JsonValue | undefined): boolean =>
  value === '' || value === 0 || value === false || value === 0n;

const wireTypeOf = (field: FieldShape): number =>
  field.kind === 'string' || field.kind === 'bytes' ? LENGTH : VARINT;

function writeScalar(writer: BinaryWriter, field: FieldShape, value: JsonValue | undefined): void {
  switch (field.kind) {
    case 'string':
      writer.string(typeof value === 'string' ? value : '');
      return;
    case 'bool':
      writer.bool(value === true);
      return;
    case 'int32':
      writer.int32(Math.trunc(Number(isNumber(value) ? value : 0)));
      return;
    case 'int64':
      writer.int64(isNumber(value) ? toInt64(value) : 0);
      return;
    case 'bytes':
      writer.bytes(Buffer.from(typeof value === 'string' ? value : '', 'base64'));
      return;
    case 'message':
      return;
  }
}

const isNumber = (value: JsonValue | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const toInt64 = (value: number | bigint): number | bigint =>
  typeof value === 'bigint' ? value : Math.trunc(value);
