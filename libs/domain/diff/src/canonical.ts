import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { structNamed, type Field, type FieldType, type StructType } from '@tiphys/merge';
import { canonicalDuration } from './go-duration.ts';
import { canonicalQuantity, canonicalResourceAmount } from './quantity.ts';
import { isLeftToServer } from './server-chosen.ts';

/**
 * A wanted object of a built-in type written as the API server would write its values: quantities, durations and
 * base64 in their one form, empty fields that the server fills on its own left out. Fields that the type doesn't have
 * stay: the server drops them, which is a difference to be told. Shares what is already as it should be.
 */
export function canonicalStruct(object: JsonObject, type: StructType): JsonObject {
  let result: Record<string, JsonValue | undefined> | undefined;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const field = type.fields.get(key);
    if (field === undefined) continue;
    const canonical = isLeftToServer(type, field, value) ? undefined : canonicalField(field, value);
    if (canonical === value) continue;
    result ??= { ...object };
    if (canonical === undefined) delete result[key];
    else result[key] = canonical;
  }
  return result ?? object;
}

/** A null time says nothing (`creationTimestamp: null`); every other null asks for a field to be cleared. */
function canonicalField(field: Field, value: JsonValue): JsonValue | undefined {
  if (value === null) return field.type.form === 'time' ? undefined : null;
  return canonicalValue(value, field.type);
}

/** A value of a known type in the form the API server writes. */
export function canonicalValue(value: JsonValue, type: FieldType): JsonValue {
  switch (type.form) {
    case 'struct':
      return isJsonObject(value) ? canonicalStruct(value, structNamed(type.ref)) : value;
    case 'list':
      return Array.isArray(value) ? canonicalList(value as JsonValue[], type.of) : value;
    case 'map':
      return isJsonObject(value) ? canonicalMap(value, type.of) : value;
    case 'quantity':
      return isAmount(value) ? canonicalQuantity(value) : value;
    case 'duration':
      return typeof value === 'string' ? canonicalDuration(value) : value;
    case 'bytes':
      return typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value;
    case 'any':
    case 'string':
    case 'bool':
    case 'integer':
    case 'float':
    case 'int-or-string':
    case 'time':
      return value;
  }
}

const isAmount = (value: JsonValue): value is string | number | bigint =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';

const isPlain = (type: FieldType): boolean =>
  type.form === 'string' || type.form === 'any' || type.form === 'integer';

function canonicalList(list: readonly JsonValue[], of: FieldType): readonly JsonValue[] {
  if (isPlain(of)) return list;
  let result: JsonValue[] | undefined;
  list.forEach((element, index) => {
    const canonical = canonicalValue(element, of);
    if (canonical === element) return;
    result ??= [...list];
    result[index] = canonical;
  });
  return result ?? list;
}

/** Maps of quantities are resource amounts, which the API server rounds up to thousandths. */
function canonicalMap(map: JsonObject, of: FieldType): JsonObject {
  if (isPlain(of)) return map;
  let result: Record<string, JsonValue | undefined> | undefined;
  for (const key in map) {
    const value = map[key];
    if (value === undefined) continue;
    const canonical =
      of.form === 'quantity' && isAmount(value) ? canonicalResourceAmount(value) : canonicalValue(value, of);
    if (canonical === value) continue;
    result ??= { ...map };
    result[key] = canonical;
  }
  return result ?? map;
}
