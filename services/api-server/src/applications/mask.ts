import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/adapter-argo-api';

const FIRST_MASK = '++++++++';
const LONGER = '++++';
const MAPS = ['data', 'stringData'] as const;
const STATES = ['targetState', 'liveState', 'normalizedLiveState', 'predictedLiveState'] as const;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Gives equal values equal masks, one `++++` longer for each further distinct value of a key. */
class Masks {
  /** Annotations whose values are masked as well. */
  readonly annotations: readonly string[];
  readonly #byKey = new Map<string, Map<string, string>>();

  constructor(annotations: readonly string[] = []) {
    this.annotations = annotations;
  }

  of(key: string, value: JsonValue | undefined): string {
    const known = this.#byKey.get(key) ?? new Map<string, string>();
    this.#byKey.set(key, known);
    const text = JSON.stringify(value) ?? '';
    const mask = known.get(text) ?? FIRST_MASK + LONGER.repeat(known.size);
    known.set(text, mask);
    return mask;
  }
}

export const isSecret = (object: JsonValue | undefined): object is JsonObject =>
  isJsonObject(object) && object['kind'] === 'Secret' && object['apiVersion'] === 'v1';

/** An object as it may leave the server: a Secret without its values, and without those of `annotations`. */
export function maskObject(object: JsonObject, annotations: readonly string[] = []): JsonObject {
  return isSecret(object) ? maskSecret(object, new Masks(annotations)) : object;
}

/** A managed resource as it may leave the server: what is masked of a Secret is masked alike in all its states. */
export function maskManagedResource(item: JsonObject, annotations: readonly string[] = []): JsonObject {
  if (item['kind'] !== 'Secret' || (item['group'] ?? '') !== '') return item;
  const masks = new Masks(annotations);
  const states = STATES.flatMap((key) => {
    const state = item[key];
    return typeof state === 'string' ? [[key, maskState(state, masks)] as const] : [];
  });
  return { ...item, ...Object.fromEntries(states), ...('diff' in item ? { diff: '' } : {}) };
}

function maskState(text: string, masks: Masks): string {
  const state = parseJson(text);
  return isJsonObject(state) ? JSON.stringify(maskSecret(state, masks)) : text;
}

function maskSecret(secret: JsonObject, masks: Masks): JsonObject {
  const masked: Record<string, JsonValue | undefined> = { ...secret };
  for (const map of MAPS) {
    const values = secret[map];
    if (!isJsonObject(values)) continue;
    masked[map] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, masks.of(key, value)]),
    );
  }
  const metadata = secret['metadata'];
  if (isJsonObject(metadata)) masked['metadata'] = maskAnnotations(maskLastApplied(metadata, masks), masks);
  return masked;
}

function maskAnnotations(metadata: JsonObject, masks: Masks): JsonObject {
  const annotations = metadata['annotations'];
  if (!isJsonObject(annotations)) return metadata;
  const secret = masks.annotations.filter((key) => annotations[key] !== undefined);
  const masked = secret.map((key) => [key, masks.of(`annotation ${key}`, annotations[key])] as const);
  return { ...metadata, annotations: { ...annotations, ...Object.fromEntries(masked) } };
}

/** The annotation repeats the whole object. */
function maskLastApplied(metadata: JsonObject, masks: Masks): JsonObject {
  const annotations = metadata['annotations'];
  if (!isJsonObject(annotations) || typeof annotations[LAST_APPLIED] !== 'string') return metadata;
  let text = FIRST_MASK;
  try {
    text = maskState(annotations[LAST_APPLIED], masks);
  } catch {
    text = FIRST_MASK;
  }
  return { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } };
}
