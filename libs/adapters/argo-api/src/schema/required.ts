import { isJsonObject } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { MessageShape } from './shape.ts';

/** The name of the first `required` field that a message (or one inside it) lacks. */
export function missingField(shape: MessageShape, value: JsonValue | undefined): string | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const field of shape.fields) {
    const inner = value[field.key];
    const unset = inner === undefined || inner === null;
    if (field.required && unset) return field.name;
    if (field.message === undefined || unset || field.presence === 'value') continue;
    const missing =
      field.label === 'list' && Array.isArray(inner)
        ? inner.map((item: JsonValue) => missingField(field.message as MessageShape, item)).find(Boolean)
        : missingField(field.message, inner);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
