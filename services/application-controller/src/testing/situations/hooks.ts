import type { Situation } from './situation.ts';
import { sync } from './often-used.ts';

/** Hooks of syncs and deletions, what confirms a deletion, and what stops an operation. */
export const hooks: readonly Situation[] = [
  { name: 'hooks-succeeded', at: 2, play: sync },
  { name: 'hook-failed-presync', at: 2, play: sync },
  { name: 'hook-failed-postsync', at: 2, play: sync },
  { name: 'hook-running', at: 11, play: (stage) => stage.begin() },
  {
    name: 'operation-terminated',
    at: 2,
    play: async (stage) => {
      await stage.begin();
      await stage.until(
        'waits for its hook',
        ({ status }) =>
          status?.operationState?.message?.startsWith('waiting for completion of hook') === true,
      );
      await stage.patch({ status: { operationState: { phase: 'Terminating' } } });
      await stage.until('ended', ({ operation }) => operation === undefined);
    },
  },
  {
    name: 'deletion-needs-confirmation',
    at: 11,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.delete();
    },
  },
  {
    name: 'deletion-hooks',
    at: 11,
    known: [
      {
        path: 'conditions',
        reason: 'The reference stumbles for a moment over an object that it deleted itself.',
      },
    ],
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.delete();
    },
  },
];
