import { isJsonObject, type JsonValue } from '@tiphys/model';

const REFERENCE = /\$[\w-]+/g;

/**
 * A copy of a service's options in which each `$key` inside a text is the secret's value of that key; a key that the
 * secret lacks stays as it is written.
 */
export function withSecrets<T extends JsonValue>(options: T, secrets: ReadonlyMap<string, string>): T {
  return substituted(options, secrets) as T;
}

function substituted(value: JsonValue, secrets: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (reference) => secrets.get(reference.slice(1)) ?? reference);
  }
  if (Array.isArray(value)) return value.map((item: JsonValue) => substituted(item, secrets));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      item === undefined ? undefined : substituted(item, secrets),
    ]),
  );
}
