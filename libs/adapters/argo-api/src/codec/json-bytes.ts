import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { encodeJson, fieldText } from './json-encode.ts';
import { quote } from './json-text.ts';
import { isRemembered, memoOf } from './memo.ts';

/**
 * The REST JSON of a plain object as UTF-8, the same as that of `encodeJson`. Lists of remembered objects are put
 * together from the bytes of each, so that a long list of which little changed is copied and not written anew.
 */
export function encodeJsonBytes(shape: MessageShape, value: JsonValue | undefined): Buffer {
  const lists = shape.fields.filter(isRememberedList);
  if (lists.length === 0 || !isJsonObject(value)) return Buffer.from(encodeJson(shape, value));
  if (shape.special !== undefined || shape.fields.some(({ inline }) => inline)) {
    return Buffer.from(encodeJson(shape, value));
  }
  return Buffer.concat([...partsOf(shape, value)]);
}

const isRememberedList = ({ label, message }: FieldShape): boolean =>
  label === 'list' && message !== undefined && isRemembered(message);

function* partsOf(shape: MessageShape, object: JsonObject): Generator<Buffer> {
  let before = '{';
  for (const field of shape.fields) {
    const items = object[field.key];
    if (isRememberedList(field) && Array.isArray(items) && items.length > 0) {
      yield* itemsOf(field, { items: items as readonly JsonValue[], before });
      before = ',';
      continue;
    }
    const text = fieldText(field, items);
    if (text === undefined) continue;
    yield Buffer.from(`${before}${quote(field.key)}:${text}`);
    before = ',';
  }
  yield Buffer.from(before === '{' ? '{}' : '}');
}

const COMMA = Buffer.from(',');

function* itemsOf(
  field: FieldShape,
  { items, before }: { readonly items: readonly JsonValue[]; readonly before: string },
): Generator<Buffer> {
  yield Buffer.from(`${before}${quote(field.key)}:[`);
  for (const [index, item] of items.entries()) {
    if (index > 0) yield COMMA;
    yield bytesOf(field.message as MessageShape, item);
  }
  yield Buffer.from(']');
}

function bytesOf(shape: MessageShape, item: JsonValue): Buffer {
  const memo = memoOf(shape, item);
  if (memo === undefined) return Buffer.from(encodeJson(shape, item));
  memo.jsonBytes ??= Buffer.from(encodeJson(shape, item));
  return memo.jsonBytes;
}
