import { arrayAt, isJsonObject, stringAt, type JsonValue } from '@tiphys/model';

/** A status condition. Text that is absent is empty. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const toCondition = (value: JsonValue): Condition => ({
  type: stringAt(value, 'type') ?? '',
  status: stringAt(value, 'status') ?? '',
  reason: stringAt(value, 'reason') ?? '',
  message: stringAt(value, 'message') ?? '',
});

/** The conditions in a list of an object, by default `status.conditions`. */
export const conditionsOf = (object: JsonValue, ...path: readonly string[]): readonly Condition[] =>
  arrayAt(object, ...(path.length === 0 ? ['status', 'conditions'] : path))
    .filter(isJsonObject)
    .map(toCondition);

/** The first condition of a type. */
export const conditionOf = (object: JsonValue, type: string): Condition | undefined =>
  conditionsOf(object).find((condition) => condition.type === type);
