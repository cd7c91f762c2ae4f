import type { Situation } from './situation.ts';

/** Automated syncs, and what of earlier syncs is remembered. */
export const automation: readonly Situation[] = [
  { name: 'automated-disabled-flag', at: 9 },
  { name: 'automated-sync-window-blocked', at: 9 },
  { name: 'automated-failed-retrying', at: 8 },
  { name: 'automated-synced', at: 7 },
  {
    name: 'automated-failed-not-retried',
    at: 8,
    play: async (stage) => {
      await stage.until('failed', ({ status }) => status?.operationState?.phase === 'Failed');
      await stage.refresh();
    },
  },
  {
    name: 'automated-new-commit',
    at: 7,
    play: async (stage) => {
      await stage.synced();
      await stage.commit(8);
      await stage.refresh();
    },
  },
  {
    name: 'automated-no-selfheal-drift',
    at: 8,
    play: async (stage) => {
      await stage.synced();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
    },
  },
  {
    name: 'automated-wipe-prevented',
    at: 8,
    play: async (stage) => {
      await stage.synced();
      await stage.commit(9);
      await stage.refresh();
    },
  },
  {
    name: 'history-limit',
    at: 4,
    play: async (stage) => {
      for (let round = 0; round < 4; round += 1) await stage.sync();
    },
  },
  {
    name: 'rollback',
    at: 3,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(4);
      await stage.sync();
      await stage.synced();
      await stage.sync({ revision: stage.sha(3), syncStrategy: { apply: {} } });
    },
  },
  {
    name: 'self-healed',
    at: 8,
    play: async (stage) => {
      await stage.synced();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
      await stage.until(
        'healed',
        ({ status }) => status?.operationState?.operation.sync?.autoHealAttemptsCount !== undefined,
      );
    },
  },
  {
    name: 'sync-revision-override',
    at: 2,
    play: async (stage) => {
      await stage.until('was compared', ({ status }) => status?.sync?.status !== undefined);
      await stage.commit(3);
      await stage.sync({ revision: stage.sha(2) });
      await stage.refresh();
    },
  },
];
