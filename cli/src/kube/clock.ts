import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@tiphys/ports';

/** The machine's clock, for adapters. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await pause(ms);
  },
};
