import type { Situation } from './situation.ts';

/** What counts as a difference. */
export const diff: readonly Situation[] = [
  {
    name: 'ignore-differences',
    at: 10,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
      await stage.edit('deployments/web', { spec: { replicas: 3 } });
      await stage.refresh();
    },
  },
];
