import { TiphysError, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/adapter-argo-api';
import { isSecret } from './mask.ts';

const MASK = /^\+{8,}$/u;

/**
 * Refuses Secrets as this server shows them: a mask that were written to a cluster would be the end of the value.
 * Manifests that are no JSON are left to whoever syncs them. Errors: `invalid`, naming the Secret.
 */
export function refuseMasks(manifests: readonly JsonValue[]): void {
  for (const text of manifests) {
    const object = typeof text === 'string' ? parsed(text) : undefined;
    if (!isSecret(object) || !isMasked(object)) continue;
    const name = stringAt(object, 'metadata', 'name') ?? '';
    throw new TiphysError('invalid', `the values of Secret ${name} are masked: a mask cannot be synced`);
  }
}

const isMasked = (secret: JsonObject): boolean =>
  ['data', 'stringData'].some((key) => {
    const values = secret[key];
    return (
      isJsonObject(values) &&
      Object.values(values).some((value) => typeof value === 'string' && MASK.test(value))
    );
  });

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
