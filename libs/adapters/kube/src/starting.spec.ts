import { describe, expect, it } from 'vitest';
import type { TiphysError } from '@tiphys/model';
import { connectionError, refusalError } from './api-error.ts';
import { Starting } from './starting.ts';

function stage(): { starting: Starting; pass: (ms: number) => void } {
  let now = 1_000_000;
  const starting = new Starting({ now: () => now, sleep: () => Promise.resolve() });
  return { starting, pass: (ms) => (now += ms) };
}

const broken = (): TiphysError => connectionError('GET /api', 'https://a', { code: 'ECONNREFUSED' });
const refusal = (httpStatus: number): TiphysError =>
  refusalError({ httpStatus, body: '{"message":"not yet ready to handle request"}', request: 'POST /api' });

describe('an API server that comes back', () => {
  it.each([401, 403])('is not ready where it refuses with %i', (status) => {
    const { starting, pass } = stage();
    starting.judge(broken());
    pass(9_999);
    expect(starting.judge(refusal(status))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not yet ready to handle request') as string,
    });
  });

  it.each([404, 409, 422, 500])('means what it says with %i', (status) => {
    const { starting } = stage();
    starting.judge(broken());
    const error = refusal(status);
    expect(starting.judge(error)).toBe(error);
  });

  it('means a refusal that it still gives later', () => {
    const { starting, pass } = stage();
    starting.judge(broken());
    pass(10_000);
    expect(starting.judge(refusal(403)).code).toBe('permission-denied');
  });
});

it('an API server that was there all the time means its refusals', () => {
  const { starting } = stage();
  expect(starting.judge(refusal(403)).code).toBe('permission-denied');
  expect(starting.judge(refusal(401)).code).toBe('unauthenticated');
});
