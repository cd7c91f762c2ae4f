import type { HealthCode, HealthStatus, JsonObject } from '@tiphys/model';
import { conditionsOf, type Condition } from './conditions.ts';
import { isGenerationStale } from './numbers.ts';

/** Which conditions a row speaks of, and what they mean. Absent fields match everything. */
export interface ConditionRow {
  readonly type?: string | readonly string[];
  readonly status?: string | readonly string[];
  readonly reason?: string | readonly string[];
  readonly gives: HealthCode;
  /** Default: the message of the condition. */
  readonly message?: string | ((condition: Condition) => string);
}

export interface ConditionTable {
  /** The first row that matches any condition decides. */
  readonly rows: readonly ConditionRow[];
  /** Where no row matches. */
  readonly otherwise: HealthStatus;
  /** Where `status.observedGeneration` is behind; by default that isn't looked at. */
  readonly stale?: HealthStatus;
}

/** A rule for kinds whose conditions say how they are. */
export const byConditions =
  ({ rows, otherwise, stale }: ConditionTable) =>
  (object: JsonObject): HealthStatus => {
    if (stale !== undefined && isGenerationStale(object)) return stale;
    const conditions = conditionsOf(object);
    for (const row of rows) {
      const condition = conditions.find((one) => isMatch(row, one));
      if (condition !== undefined) return toStatus(row, condition);
    }
    return otherwise;
  };

const isMatch = (row: ConditionRow, condition: Condition): boolean =>
  includes(row.type, condition.type) &&
  includes(row.status, condition.status) &&
  includes(row.reason, condition.reason);

const includes = (wanted: string | readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.includes(value));

function toStatus({ gives, message }: ConditionRow, condition: Condition): HealthStatus {
  const text = typeof message === 'function' ? message(condition) : (message ?? condition.message);
  return text === '' ? { status: gives } : { status: gives, message: text };
}

/** The reason of a condition as message. */
export const reasonOf = ({ reason }: Condition): string => reason;

/** Rows for a condition that is True when all is well and False when it isn't. */
export const rowsOf = (type: string, message?: ConditionRow['message']): readonly ConditionRow[] => [
  { type, status: 'True', gives: 'Healthy', ...(message === undefined ? {} : { message }) },
  { type, status: 'False', gives: 'Degraded', ...(message === undefined ? {} : { message }) },
];
