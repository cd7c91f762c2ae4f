import { isTiphysError, type JsonObject } from '@tiphys/model';
import type { Condition, ConditionResult } from '@tiphys/notify-rules';
import type { Evaluation, GoResult, GoRuntime } from '@tiphys/ports';

export interface EvaluationRequest {
  /** Conditions of each trigger. */
  readonly triggers: ReadonlyMap<string, readonly Condition[]>;
  readonly variables: JsonObject;
}

/** Told of an expression that could not be evaluated. */
export type EvaluationProblem = (expression: string, message: string) => void;

/**
 * How each condition turned out. An expression that fails does not hold, which is how a field that is missing yet is
 * meant; one that does not end or needs too much memory is unknown, and harms no other.
 */
export async function evaluateTriggers(
  go: GoRuntime,
  { triggers, variables }: EvaluationRequest,
  onProblem: EvaluationProblem,
): Promise<ReadonlyMap<string, readonly ConditionResult[]>> {
  const evaluate = async (expressions: ReadonlySet<string>): Promise<Outcomes> => {
    const list = [...expressions];
    const outcomes = await evaluateEach(go, list, variables);
    return new Map(list.map((expression, index) => [expression, outcomes[index] ?? unknown('no answer')]));
  };
  const conditions = [...triggers.values()].flat();
  const holding = await evaluate(new Set(conditions.map(({ when }) => when).filter((when) => when !== '')));
  const due = conditions.filter(({ when }) => holds(holding.get(when)));
  const once = await evaluate(
    new Set(due.flatMap(({ oncePer }) => (oncePer === undefined ? [] : [oncePer]))),
  );
  for (const [expression, outcome] of [...holding, ...once]) {
    if (!outcome.ok) onProblem(expression, outcome.message);
  }
  const result = ({ key, when, oncePer, send }: Condition): ConditionResult => ({
    key,
    templates: send,
    ...outcomeOf(holding.get(when), oncePer === undefined ? undefined : once.get(oncePer)),
  });
  return new Map([...triggers].map(([trigger, list]) => [trigger, list.map(result)]));
}

type Outcome =
  GoResult<Evaluation> | { readonly ok: false; readonly message: string; readonly unknown: true };
type Outcomes = ReadonlyMap<string, Outcome>;

const unknown = (message: string): Outcome => ({ ok: false, message, unknown: true });

const holds = (outcome: Outcome | undefined): boolean => outcome?.ok === true && outcome.value.value === true;

const isUnknown = (outcome: Outcome | undefined): boolean => outcome?.ok === false && 'unknown' in outcome;

function outcomeOf(
  when: Outcome | undefined,
  oncePer: Outcome | undefined,
): Pick<ConditionResult, 'outcome' | 'oncePer'> {
  if (isUnknown(when) || isUnknown(oncePer)) return { outcome: 'unknown', oncePer: '' };
  if (!holds(when)) return { outcome: 'does-not-hold', oncePer: '' };
  return { outcome: 'holds', oncePer: oncePer?.ok === true ? oncePer.value.text : '' };
}

/** All at once; where that takes too long or too much, one by one, so that only the culprit is left out. */
async function evaluateEach(
  go: GoRuntime,
  expressions: readonly string[],
  variables: JsonObject,
): Promise<readonly Outcome[]> {
  try {
    return await go.evaluateAll(expressions, variables, 'notifications');
  } catch (error) {
    if (!isTiphysError(error) || !isCulprits(error.code)) throw error;
    if (expressions.length <= 1) return [unknown(error.message)];
    const outcomes: Outcome[] = [];
    for (const expression of expressions) outcomes.push(...(await evaluateEach(go, [expression], variables)));
    return outcomes;
  }
}

const isCulprits = (code: string): boolean => code === 'deadline' || code === 'resource-exhausted';
