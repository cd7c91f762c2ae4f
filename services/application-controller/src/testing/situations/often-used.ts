import type { KnownDifference } from '@tiphys/testing/recordings';
import type { Stage } from '../stage.ts';

export const TEXT = 'The text says what is wrong, where, and in which source, in our own words.';
export const LAST_KNOWN =
  'While git cannot be read, nothing is called prunable and the type of the source stays known.';

export const noTarget: readonly KnownDifference[] = [{ path: 'conditions[0].message', reason: TEXT }];

export const sync = (stage: Stage): Promise<void> => stage.sync();
