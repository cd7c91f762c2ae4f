import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { isPassing, isPatient } from './passing-trouble.ts';

describe('trouble that passes', () => {
  it.each([
    [new TiphysError('unavailable', 'PATCH /api/v1/x on https://k: ECONNREFUSED'), true],
    [new TiphysError('deadline', 'no answer in time'), true],
    [new TiphysError('resource-exhausted', 'too many requests'), true],
    [new TiphysError('unavailable', 'failed calling webhook "a.b.c": connection refused'), false],
    [new TiphysError('invalid', 'Service "x" is invalid'), false],
    [new Error('a bug'), false],
  ])('%s', (error, is) => expect(isPassing(error)).toBe(is));

  it('is waited out for three minutes', () => {
    const state = { operation: {}, phase: 'Running', startedAt: '2026-01-01T00:00:00Z' } as const;
    expect(isPatient(state, Date.parse('2026-01-01T00:02:59Z'))).toBe(true);
    expect(isPatient(state, Date.parse('2026-01-01T00:03:00Z'))).toBe(false);
  });
});
