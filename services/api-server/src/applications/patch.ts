import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { TiphysError, isJsonObject, messageOf } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { applyJsonMergePatch } from '@tiphys/merge';
import { parseJson } from '@tiphys/adapter-argo-api';

/**
 * A document after a patch of type `json` (or none) or `merge`.
 * @throws TiphysError `invalid` for another type, `unknown` for a patch that cannot be read or does not fit.
 */
export function applyPatchText(
  document: JsonObject,
  patch: { readonly type: string; readonly text: string },
): JsonObject {
  switch (patch.type) {
    case 'json':
    case '':
      return jsonPatched(document, decoded(patch.text, 'json'));
    case 'merge':
      return objectOrThrow(applyJsonMergePatch(document, objectOrThrow(decoded(patch.text, 'merge'))));
    default:
      throw new TiphysError('invalid', `Patch type '${patch.type}' is not supported`);
  }
}

function decoded(text: string, type: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    const char = /^\s*(.)/.exec(text)?.[1] ?? '';
    throw new TiphysError(
      'unknown',
      `error decoding ${type} patch: invalid character '${char}' looking for beginning of value`,
      { cause },
    );
  }
}

function jsonPatched(document: JsonObject, patch: JsonValue): JsonObject {
  if (!Array.isArray(patch)) {
    throw new TiphysError('unknown', 'error decoding json patch: a JSON patch is a list of operations');
  }
  try {
    const operations = patch as unknown as Operation[];
    const copy = structuredClone(document) as JsonValue;
    return objectOrThrow(jsonPatch.applyPatch(copy, operations, true).newDocument);
  } catch (cause) {
    if (cause instanceof TiphysError) throw cause;
    throw new TiphysError('unknown', `error applying patch: ${messageOf(cause).split('\n')[0] ?? ''}`, {
      cause,
    });
  }
}

function objectOrThrow(value: JsonValue): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TiphysError('unknown', 'error applying patch: the result is no object');
}
