import { automation } from './automation.ts';
import { diff } from './diff.ts';
import { hooks } from './hooks.ts';
import { liveState } from './live-state.ts';
import type { Situation } from './situation.ts';
import { specAndSource } from './spec-and-source.ts';
import { syncs } from './syncs.ts';

export type { Situation } from './situation.ts';

/** The recorded situations that are played again, and how. Hydration is not among them. */
export const situations: readonly Situation[] = [
  ...specAndSource,
  ...syncs,
  ...hooks,
  ...automation,
  ...liveState,
  ...diff,
];
