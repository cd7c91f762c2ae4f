import {
  annotationOf,
  annotations,
  asJson,
  hasCode,
  isJsonObject,
  type JsonObject,
  type KubeObject,
} from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { goJson } from './go-json.ts';

/**
 * The value of the annotation `last-applied-configuration` that `kubectl apply` writes for this object: the object
 * itself without that annotation, as one line of Go JSON with a newline at the end. `annotations` is always there,
 * empty if need be.
 */
export function lastAppliedAnnotation(object: KubeObject): string {
  const kept: Record<string, string> = { ...object.metadata.annotations };
  delete kept[annotations.lastApplied];
  return `${goJson(asJson({ ...object, metadata: { ...object.metadata, annotations: kept } }))}\n`;
}

/** The object as `kubectl apply` sends it: with the annotation that records it. */
export function withLastApplied(object: KubeObject): KubeObject {
  const recorded = {
    ...object.metadata.annotations,
    [annotations.lastApplied]: lastAppliedAnnotation(object),
  };
  return { ...object, metadata: { ...object.metadata, annotations: recorded } };
}

/** What was applied last, read from a live object; undefined where it isn't recorded or not readable. */
export function lastAppliedOf(live: KubeObject): JsonObject | undefined {
  const text = annotationOf(live, annotations.lastApplied);
  if (text === undefined) return undefined;
  try {
    const parsed = parseJson(text, annotations.lastApplied);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (hasCode(error, 'invalid')) return undefined;
    throw error;
  }
}
