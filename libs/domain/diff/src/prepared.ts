import { annotationOf, annotations, asJson, type JsonObject, type KubeObject } from '@tiphys/model';
import { jsonEqual, lastAppliedOf } from '@tiphys/merge';
import { normalizedTarget } from './normalize.ts';
import type { CompareOptions } from './options.ts';

/** A target as it is compared, and what was applied last for it. */
export interface Prepared {
  readonly target: JsonObject;
  /** The target itself where nothing is recorded, or where just that was applied. */
  readonly original: JsonObject;
}

interface Memory {
  readonly options: CompareOptions;
  readonly target: JsonObject;
  record: string | undefined;
  original: JsonObject;
}

/** Targets are compared again and again with live objects that change; what depends on the target alone is kept. */
const memories = new WeakMap<KubeObject, Memory>();

/** The normal form of a target and of what the live object records as applied; parsed anew only when that changed. */
export function prepared(target: KubeObject, live: KubeObject, options: CompareOptions): Prepared {
  const known = memories.get(target);
  const memory = known?.options === options ? known : remember(target, options);
  const record = annotationOf(live, annotations.lastApplied);
  if (record !== memory.record) {
    const applied = lastAppliedOf(live);
    const original = applied === undefined ? memory.target : normalizedTarget(applied, target, options);
    memory.original = jsonEqual(original, memory.target) ? memory.target : original;
    memory.record = record;
  }
  return memory;
}

function remember(target: KubeObject, options: CompareOptions): Memory {
  const normalized = normalizedTarget(asJson(target), target, options);
  const memory: Memory = { options, target: normalized, record: undefined, original: normalized };
  memories.set(target, memory);
  return memory;
}
