import { valueAt, type JsonValue } from '@tiphys/model';

/** The whole number at a path; 0 where there is none. */
export function countAt(object: JsonValue | undefined, ...path: readonly string[]): number {
  const value = valueAt(object, ...path);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : 0;
}

/** True where `status.observedGeneration` is behind `metadata.generation`. */
export const isGenerationStale = (object: JsonValue): boolean =>
  countAt(object, 'metadata', 'generation') > countAt(object, 'status', 'observedGeneration');
