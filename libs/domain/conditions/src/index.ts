import { CONDITION_TYPES, type ApplicationCondition, type ConditionType } from '@tiphys/model';

/** A condition without its time; the time is kept or set when it is merged. */
export interface ConditionDraft {
  readonly type: ConditionType;
  readonly message: string;
}

/**
 * Replaces all conditions of the types in `evaluated` by `drafts`, leaving other types alone. A condition whose type
 * and message stay keeps its transition time. Sorted by type, then by the order of the drafts; duplicates go.
 */
export function mergeConditions(
  current: readonly ApplicationCondition[],
  drafts: readonly ConditionDraft[],
  options: { readonly evaluated: ReadonlySet<ConditionType>; readonly now: string },
): readonly ApplicationCondition[] {
  const kept = current.filter((condition) => !options.evaluated.has(condition.type));
  const known = new Map(current.map((condition) => [identity(condition), condition]));
  const fresh = new Map<string, ApplicationCondition>();
  for (const draft of drafts) {
    const before = known.get(identity(draft));
    fresh.set(
      identity(draft),
      before ?? { type: draft.type, message: draft.message, lastTransitionTime: options.now },
    );
  }
  return [...kept, ...fresh.values()].sort(
    (a, b) => CONDITION_TYPES.indexOf(a.type) - CONDITION_TYPES.indexOf(b.type),
  );
}

const identity = (condition: ConditionDraft): string => `${condition.type}\n${condition.message}`;

/** True for conditions that mean failure rather than a warning; the type's name says so. */
export const isErrorCondition = (condition: ConditionDraft): boolean => condition.type.endsWith('Error');
