import { annotationOf, annotations, asJson, type JsonObject, type KubeObject } from '@tiphys/model';
import { jsonEqual, lastAppliedOf } from '@tiphys/merge';
import { normalizedTarget } from './normalize.ts';
import type { CompareOptions } from './options.ts';
import { appliedFields } from './owned-fields.ts';

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

/**
 * The normal form of a target and of what was applied last: what the manager applied on the server where options
 * name one, else what the live object records, parsed anew only when that changed.
 */
export function prepared(target: KubeObject, live: KubeObject, options: CompareOptions): Prepared {
  const known = memories.get(target);
  const memory = known !== undefined && isSame(known.options, options) ? known : remember(target, options);
  const owned =
    options.serverSideManager === undefined
      ? undefined
      : appliedFields({ target, live }, options.serverSideManager);
  if (owned !== undefined)
    return { target: memory.target, original: normalizedTarget(owned, target, options) };
  const record = annotationOf(live, annotations.lastApplied);
  if (record !== memory.record) {
    const applied = lastAppliedOf(live);
    const original = applied === undefined ? memory.target : normalizedTarget(applied, target, options);
    memory.original = jsonEqual(original, memory.target) ? memory.target : original;
    memory.record = record;
  }
  return memory;
}

/** True where both options lead to the same normal form. */
const isSame = (a: CompareOptions, b: CompareOptions): boolean =>
  a.ignoreResourceStatusField === b.ignoreResourceStatusField &&
  a.ignoreAggregatedRoles === b.ignoreAggregatedRoles &&
  a.knownTypeFields === b.knownTypeFields;

function remember(target: KubeObject, options: CompareOptions): Memory {
  const normalized = normalizedTarget(asJson(target), target, options);
  const memory: Memory = { options, target: normalized, record: undefined, original: normalized };
  memories.set(target, memory);
  return memory;
}
