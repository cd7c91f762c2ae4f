import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { structNamed, type Field, type FieldType, type StructType } from '@tiphys/merge';
import { withDefaults } from './defaults/index.ts';
import { isZero } from './server-chosen.ts';

/**
 * An object of a built-in type as it would read after a round through the API server: defaults filled in, empty
 * fields that cannot be told from absent ones left out. Two objects that settle to the same differ in nothing that
 * the API server keeps.
 */
export function settledStruct(object: JsonObject, type: StructType): JsonObject {
  const source = withDefaults(object, type);
  const result: Record<string, JsonValue> = {};
  for (const key of Object.keys(source)) {
    const value = source[key];
    const field = type.fields.get(key);
    if (value === undefined || value === null) continue;
    const settled = field === undefined ? value : settledValue(value, field.type);
    if (field === undefined || !isLeftOut(field, settled)) result[key] = settled;
  }
  return result;
}

function settledValue(value: JsonValue, type: FieldType): JsonValue {
  if (type.form === 'struct')
    return isJsonObject(value) ? settledStruct(value, structNamed(type.ref)) : value;
  if (type.form === 'list' && isNested(type.of) && Array.isArray(value)) {
    return (value as JsonValue[]).map((element) => settledValue(element, type.of));
  }
  if (type.form === 'map' && isText(type.of) && isJsonObject(value)) return withoutNullTexts(value);
  if (type.form === 'map' && isNested(type.of) && isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        inner === undefined ? inner : settledValue(inner, type.of),
      ]),
    );
  }
  return value;
}

const isText = (type: FieldType): boolean => type.form === 'string' || type.form === 'bytes';

/** In a map of texts null and empty are the same. */
function withoutNullTexts(map: JsonObject): JsonObject {
  if (!Object.values(map).includes(null)) return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? '']));
}

const isNested = (type: FieldType): boolean =>
  type.form === 'struct' || type.form === 'list' || type.form === 'map';

function isLeftOut(field: Field, value: JsonValue): boolean {
  if (field.pointer) return false;
  if (isJsonObject(value)) return field.type.form !== 'any' && Object.keys(value).length === 0;
  return isZero(value);
}

/** A custom resource as it would read after a round through the API server: fields that are null left out. */
export function withoutNullFields(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as JsonValue[]).map(withoutNullFields);
  if (!isJsonObject(value)) return value;
  const result: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner !== undefined && inner !== null) result[key] = withoutNullFields(inner);
  }
  return result;
}
