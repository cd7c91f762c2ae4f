import { expect, it } from 'vitest';
import { parseTiming } from './timing.ts';

const parse = (text: string): number | undefined =>
  /^\d+s$/u.test(text) ? Number(text.slice(0, -1)) * 1_000 : undefined;

it.each<[Readonly<Record<string, string>>, object]>([
  [{}, { mistakes: [] }],
  [
    {
      'timeout.reconciliation': '90s',
      'timeout.reconciliation.jitter': '0s',
      'timeout.hard.reconciliation': '600s',
    },
    { resyncMs: 90_000, jitterMs: 0, hardResyncMs: 600_000, mistakes: [] },
  ],
  [
    { 'timeout.reconciliation': 'often', 'timeout.reconciliation.jitter': '' },
    { mistakes: ["timeout.reconciliation: 'often' is not a duration such as 90s or 3m; ignored"] },
  ],
])('%j', (data, expected) => expect(parseTiming(data, parse)).toEqual(expected));
