import { TiphysError, isJsonObject, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { decodeJson, parseJson } from '../codec/index.ts';
import { firstValue } from '../codec/first-value.ts';
import { missingField } from '../schema/required.ts';
import type { FieldShape } from '../schema/shape.ts';
import { fillField } from './fill.ts';
import type { Draft } from './fill.ts';
import type { Match } from './router.ts';

/**
 * Puts the request of a matched route together: the body first, then the query (not where the body is the whole
 * request, and not for what path or body fill), then the path.
 * @throws TiphysError `invalid` for what cannot be read, `internal` for a required field that is missing.
 */
export function restRequest(match: Match, query: URLSearchParams, body: string): JsonObject {
  const shape = match.method.request;
  const draft: Draft = bodyDraft(match, body);
  if (match.binding.body !== '*') {
    const taken = [...Object.keys(match.variables), match.binding.body];
    for (const [key, value] of query) {
      if (!taken.includes(key)) fillField(shape, draft, [key, value]);
    }
  }
  for (const [path, text] of Object.entries(match.variables)) {
    if (!isFilledByBody(match, draft, path)) fillField(shape, draft, [path, text]);
  }
  const missing = missingField(shape, draft);
  if (missing !== undefined) {
    throw new TiphysError(
      'internal',
      `grpc: error while marshaling: proto: required field "${missing}" not set`,
    );
  }
  return draft;
}

/** True where the path names a part of the message that the body selects, and the body has it already. */
function isFilledByBody({ method, binding }: Match, draft: Draft, path: string): boolean {
  const [first = '', ...rest] = path.split('.');
  if (first !== binding.body || rest.length === 0) return false;
  const key = method.request.byName.get(first)?.key ?? first;
  const value = valueAt(draft, key, ...rest);
  return value !== undefined && value !== '';
}

function bodyDraft({ method, binding }: Match, body: string): Draft {
  if (binding.body === '') return {};
  if (binding.body === '*') {
    const value = decodeJson(method.request, body);
    return isJsonObject(value) ? { ...value } : {};
  }
  const field = method.request.byName.get(binding.body);
  if (!field) throw new Error(`${method.path}: the body selector ${binding.body} names no field`);
  const value = field.message ? decodeMessageField(field, body) : scalarBody(field, body);
  return value === undefined ? {} : { [field.key]: value };
}

/** `null` leaves a message unset, as an empty body does. */
function decodeMessageField(field: FieldShape, body: string): JsonValue | undefined {
  const first = firstValue(body);
  if (first.state === 'complete' && first.text === 'null') return undefined;
  return field.message && decodeJson(field.message, body);
}

function scalarBody(field: FieldShape, body: string): JsonValue | undefined {
  const first = firstValue(body);
  if (first.state === 'empty') return undefined;
  if (first.state === 'cut') throw new TiphysError('invalid', 'unexpected EOF');
  const value = parsed(first.text);
  if (value === null) return undefined;
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  if (found !== (field.kind === 'bool' ? 'bool' : field.kind === 'string' ? 'string' : 'number')) {
    throw new TiphysError('invalid', `json: cannot unmarshal ${found} into Go value of type ${field.kind}`);
  }
  return value;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new TiphysError('invalid', 'invalid character in the JSON body', { cause });
  }
}
