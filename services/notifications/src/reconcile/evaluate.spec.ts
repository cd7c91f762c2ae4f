import { describe, expect, it } from 'vitest';
import { TiphysError, type JsonValue } from '@tiphys/model';
import type { Evaluation, GoResult, GoRuntime } from '@tiphys/ports';
import { evaluateTriggers } from './evaluate.ts';

/** Answers by table; `slow` never ends, `huge` needs too much. Exactness is the business of the real one's own tests. */
function runtime(answers: Readonly<Record<string, JsonValue>>): GoRuntime & { readonly asked: string[][] } {
  const asked: string[][] = [];
  const one = (expression: string): GoResult<Evaluation> =>
    Object.hasOwn(answers, expression)
      ? {
          ok: true,
          value: {
            value: answers[expression] ?? null,
            text: `${JSON.stringify(answers[expression])}`.replaceAll('"', ''),
          },
        }
      : { ok: false, message: `cannot fetch ${expression}` };
  const refuse = () => Promise.reject(new TiphysError('internal', 'not asked for here'));
  return {
    asked,
    evaluateAll: (expressions) => {
      asked.push([...expressions]);
      if (expressions.includes('slow')) return Promise.reject(new TiphysError('deadline', 'too slow'));
      if (expressions.includes('huge'))
        return Promise.reject(new TiphysError('resource-exhausted', 'too large'));
      if (expressions.includes('broken')) return Promise.reject(new TiphysError('internal', 'worker lost'));
      return Promise.resolve(expressions.map(one));
    },
    renderTemplate: refuse,
    renderAll: refuse,
    renderApplicationSet: refuse,
    evaluate: refuse,
    maxSatisfying: refuse,
    close: () => Promise.resolve(),
  };
}

const condition = (when: string, oncePer?: string) => ({ key: `[0].${when}`, when, oncePer, send: ['t'] });
const evaluate = async (go: GoRuntime, ...conditions: ReturnType<typeof condition>[]) => {
  const problems: string[] = [];
  const results = await evaluateTriggers(
    go,
    { triggers: new Map([['on-x', conditions]]), variables: {} },
    (expression) => problems.push(expression),
  );
  return {
    outcomes: (results.get('on-x') ?? []).map(({ outcome, oncePer }) => [outcome, oncePer]),
    problems,
  };
};

describe('evaluateTriggers', () => {
  it('asks once for all, and for oncePer only where the condition holds', async () => {
    const go = runtime({ yes: true, no: false, rev: 'abc', text: 'true', nothing: null });
    const { outcomes, problems } = await evaluate(
      go,
      condition('yes', 'rev'),
      condition('yes'),
      condition('yes', 'nothing'),
      condition('no', 'rev'),
      condition('text'),
      condition(''),
      condition('missing'),
      condition('yes', 'missing too'),
    );
    expect(outcomes).toEqual([
      ['holds', 'abc'],
      ['holds', ''],
      ['holds', 'null'],
      ['does-not-hold', ''],
      ['does-not-hold', ''],
      ['does-not-hold', ''],
      ['does-not-hold', ''],
      ['holds', ''],
    ]);
    expect(problems).toEqual(['missing', 'missing too']);
    expect(go.asked).toEqual([
      ['yes', 'no', 'text', 'missing'],
      ['rev', 'nothing', 'missing too'],
    ]);
  });

  it('leaves out only the expression that does not end or needs too much', async () => {
    const { outcomes, problems } = await evaluate(
      runtime({ yes: true, no: false }),
      condition('yes'),
      condition('slow'),
      condition('huge'),
      condition('no'),
      condition('yes', 'slow'),
    );
    expect(outcomes.map(([outcome]) => outcome)).toEqual([
      'holds',
      'unknown',
      'unknown',
      'does-not-hold',
      'unknown',
    ]);
    expect(problems).toEqual(['slow', 'huge', 'slow']);
  });

  it('passes on a failure that is nobody in particular’s fault', async () => {
    await expect(evaluate(runtime({}), condition('broken'))).rejects.toMatchObject({ code: 'internal' });
  });

  it('needs no answer for no condition', async () => {
    expect(await evaluate(runtime({}))).toEqual({ outcomes: [], problems: [] });
  });
});
