import { automation } from './automation.ts';
import { liveState } from './live-state.ts';
import type { Situation } from './situation.ts';
import { specAndSource } from './spec-and-source.ts';
import { syncs } from './syncs.ts';

export type { Situation } from './situation.ts';

/** The recorded situations that are played again, and how. Signatures and hydration are not among them. */
export const situations: readonly Situation[] = [...specAndSource, ...syncs, ...automation, ...liveState];
