import type { ApplicationStatus, ConditionType } from '@tiphys/model';
import { mergeConditions, type ConditionDraft } from '@tiphys/conditions';

/** Conditions that a comparison decides about. */
export const comparedConditions: ReadonlySet<ConditionType> = new Set([
  'InvalidSpecError',
  'UnknownError',
  'ComparisonError',
  'SharedResourceWarning',
  'RepeatedResourceWarning',
  'ExcludedResourceWarning',
  'OrphanedResourceWarning',
]);

export interface Evaluated {
  readonly drafts: readonly ConditionDraft[];
  /** Types that were decided about: those without a draft go. */
  readonly types: ReadonlySet<ConditionType>;
  readonly now: string;
}

/** A status with the conditions of some types replaced; an empty list is left out. */
export function withConditions(
  status: ApplicationStatus,
  { drafts, types, now }: Evaluated,
): ApplicationStatus {
  const { conditions: before, ...rest } = status;
  const conditions = mergeConditions(before ?? [], drafts, { evaluated: types, now });
  return conditions.length === 0 ? rest : { ...rest, conditions };
}
