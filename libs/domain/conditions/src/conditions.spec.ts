import { describe, expect, it } from 'vitest';
import type { ApplicationCondition, ConditionType } from '@tiphys/model';
import { isErrorCondition, mergeConditions } from './index.ts';

const old: ApplicationCondition = {
  type: 'ComparisonError',
  message: 'no such path',
  lastTransitionTime: 't0',
};
const comparing = new Set<ConditionType>(['ComparisonError', 'RepeatedResourceWarning']);
const merge = (current: ApplicationCondition[], drafts: { type: ConditionType; message: string }[]) =>
  mergeConditions(current, drafts, { evaluated: comparing, now: 't1' });

describe('mergeConditions', () => {
  it('keeps the time of a condition that stays', () =>
    expect(merge([old], [{ type: 'ComparisonError', message: 'no such path' }])).toEqual([old]));

  it('takes a new time where the message moves', () =>
    expect(merge([old], [{ type: 'ComparisonError', message: 'other' }])).toEqual([
      { type: 'ComparisonError', message: 'other', lastTransitionTime: 't1' },
    ]));

  it('drops what was evaluated and is no more, and leaves other types alone', () => {
    const sync: ApplicationCondition = { type: 'SyncError', message: 'x', lastTransitionTime: 't0' };
    expect(merge([old, sync], [])).toEqual([sync]);
  });

  it('is stable: merging its own result changes nothing', () => {
    const drafts = [
      { type: 'RepeatedResourceWarning' as const, message: 'b' },
      { type: 'ComparisonError' as const, message: 'a' },
      { type: 'ComparisonError' as const, message: 'a' },
    ];
    const once = merge([], drafts);
    expect(once.map((condition) => condition.type)).toEqual(['ComparisonError', 'RepeatedResourceWarning']);
    expect(mergeConditions(once, drafts, { evaluated: comparing, now: 't9' })).toEqual(once);
  });

  it('tells errors from warnings', () =>
    expect([isErrorCondition(old), isErrorCondition({ type: 'SharedResourceWarning', message: '' })]).toEqual(
      [true, false],
    ));
});
