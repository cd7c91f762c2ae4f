import fc from 'fast-check';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';

/** Random plain objects of a message, for property tests. */
export function arbitraryOf(shape: MessageShape, depth = 3): fc.Arbitrary<JsonValue> {
  switch (shape.special) {
    case 'time':
      return instant.map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z'));
    case 'micro-time':
      return instant.map((date) => date.toISOString().replace(/\.\d+Z$/, '.123456Z'));
    case 'raw-json':
      return fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
    case 'int-or-string':
      return fc.oneof(fc.integer(), fc.string());
    case 'resource-override':
      return fc.record({ 'health.lua': fc.string({ minLength: 1 }) });
    case undefined:
      return objectOf(shape, depth);
  }
}

const instant = fc.date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

function objectOf(shape: MessageShape, depth: number): fc.Arbitrary<JsonObject> {
  const members: Record<string, fc.Arbitrary<JsonValue>> = {};
  for (const field of shape.fields) {
    if (field.message && depth === 0) continue;
    if (field.inline) continue;
    members[field.key] = fieldOf(field, depth);
  }
  return fc.record(members, { requiredKeys: [] });
}

function fieldOf(field: FieldShape, depth: number): fc.Arbitrary<JsonValue> {
  const element = field.message ? arbitraryOf(field.message, depth - 1) : scalarOf(field);
  if (field.label === 'list') return fc.array(element, { minLength: 1, maxLength: 2 });
  if (field.label === 'map') return fc.dictionary(mapKey, element, { minKeys: 1, maxKeys: 2 });
  return element;
}

const mapKey = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__');

function scalarOf(field: FieldShape): fc.Arbitrary<JsonValue> {
  switch (field.kind) {
    case 'string':
      return fc.string();
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.integer();
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.bigInt(2n ** 60n, 2n ** 62n));
    case 'bytes':
      return fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    case 'message':
      throw new Error('a message is no scalar');
  }
}
