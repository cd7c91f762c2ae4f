import { recordings, type Recording } from '../recording.ts';
import { admin } from './admin.ts';
import { clusterAdd } from './cluster-add.ts';
import { contexts } from './contexts.ts';
import { server } from './server.ts';
import type { Share } from './share.ts';

export { admin, clusterAdd, contexts, server };
export type { Share } from './share.ts';

/** All of them: each recorded invocation is in one. */
export const shares: Readonly<Record<string, Share>> = { admin, clusterAdd, contexts, server };

/** The recordings that the spec of a share replays; none where they are not at hand. */
export const replayedHere = ({ includes, otherwise }: Share): readonly Recording[] =>
  recordings().filter(({ argv, name }) => includes(argv) && otherwise[name] === undefined);
