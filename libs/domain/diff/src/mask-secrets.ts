import {
  annotations as names,
  asJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@tiphys/model';
import { lastAppliedOf, withEncodedData, goJson } from '@tiphys/merge';
import { isSecret } from './normalize.ts';

const FIRST_MASK = '++++++++';
const STEP = '++++';

/** Versions of one object, by whatever names the caller gives them. */
export type Versions<K extends string> = Readonly<Record<K, KubeObject | undefined>>;

export interface MaskOptions {
  /** Annotations whose values are masked too (setting `resource.sensitive.mask.annotations`). */
  readonly annotations?: readonly string[];
}

/**
 * The versions of one Secret with every value masked: for each key the first distinct value becomes `++++++++`,
 * each further one four plus signs longer, so that equal values stay equal and different ones different. What was
 * applied last is masked alike, also inside the annotation that records it. Objects of other kinds come back as
 * they are.
 */
export function maskSecrets<K extends string>(versions: Versions<K>, options: MaskOptions = {}): Versions<K> {
  const present = Object.entries<KubeObject | undefined>(versions).filter(
    (entry): entry is [string, KubeObject] => entry[1] !== undefined && isSecret(entry[1]),
  );
  if (present.length === 0) return versions;
  const masks = new Masks();
  const masked = Object.fromEntries(
    present.map(([key, object]) => [key, maskedSecret(object, masks, options)]),
  );
  return { ...versions, ...masked };
}

/** All that a Secret has besides its values; what else is written there is a misspelt value more often than not. */
const plainFields = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'data']);

class Masks {
  readonly #byPlace = new Map<string, Map<string, string>>();

  of(place: string, value: JsonValue): string {
    const text = typeof value === 'string' ? value : goJson(value);
    const known = this.#byPlace.get(place) ?? new Map<string, string>();
    this.#byPlace.set(place, known);
    const mask = known.get(text) ?? FIRST_MASK + STEP.repeat(known.size);
    known.set(text, mask);
    return mask;
  }
}

function maskedSecret(secret: KubeObject, masks: Masks, options: MaskOptions): KubeObject {
  const encoded = withEncodedData(asJson(secret));
  const result = maskedParts(encoded, masks, options);
  const text = secret.metadata.annotations?.[names.lastApplied];
  if (text === undefined) return result as unknown as KubeObject;
  const applied = lastAppliedOf(secret);
  const recorded =
    applied === undefined ? FIRST_MASK : `${goJson(maskedParts(withEncodedData(applied), masks, options))}\n`;
  return withAnnotation(result, names.lastApplied, recorded) as unknown as KubeObject;
}

function maskedParts(secret: JsonObject, masks: Masks, options: MaskOptions): JsonObject {
  let result = secret;
  const data = secret['data'];
  if (isJsonObject(data)) {
    const entries = Object.entries(data).filter(
      (entry): entry is [string, JsonValue] => (entry[1] ?? null) !== null,
    );
    result = {
      ...result,
      data: Object.fromEntries(entries.map(([key, value]) => [key, masks.of(`data/${key}`, value)])),
    };
  } else if (data !== undefined && data !== null) result = { ...result, data: FIRST_MASK };
  for (const key of Object.keys(result)) if (!plainFields.has(key)) result = { ...result, [key]: FIRST_MASK };
  for (const key of options.annotations ?? []) {
    const value = annotationIn(result, key);
    if (value !== undefined) result = withAnnotation(result, key, masks.of(`annotations/${key}`, value));
  }
  return result;
}

function annotationIn(object: JsonObject, key: string): JsonValue | undefined {
  const metadata = object['metadata'];
  const own = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return isJsonObject(own) ? own[key] : undefined;
}

function withAnnotation(object: JsonObject, key: string, value: string): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const own = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  return { ...object, metadata: { ...metadata, annotations: { ...own, [key]: value } } };
}
