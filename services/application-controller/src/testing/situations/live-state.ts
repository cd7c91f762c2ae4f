import type { Situation } from './situation.ts';
import { sync } from './often-used.ts';

/** Health, drift, and who owns an object. */
export const liveState: readonly Situation[] = [
  { name: 'degraded-crashloop', at: 2, play: sync },
  { name: 'degraded-deadline', at: 2, play: sync },
  {
    name: 'kinds-tree',
    at: 2,
    play: sync,
    known: [],
  },
  {
    name: 'orphaned-warning',
    at: 9,
    play: async (stage) => {
      await stage.place({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nobodys' } });
      await stage.sync();
    },
  },
  { name: 'progressing', at: 2, play: sync },
  { name: 'suspended', at: 2, play: sync },
  { name: 'synced-healthy', at: 2, play: sync },
  { name: 'unknown-field', at: 2, play: sync },
  {
    name: 'ignore-extraneous',
    at: 10,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(11);
      await stage.refresh();
    },
  },
  {
    name: 'missing-after-delete',
    at: 11,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.removeLive('deployments/web');
    },
  },
  {
    name: 'outofsync-live-edit',
    at: 2,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
      await stage.edit('deployments/web', { spec: { replicas: 3 } });
    },
  },
  { name: 'shared-resource', at: 9, play: sync },
  { name: 'shared-resource-second', at: 9, play: sync, after: 'shared-resource' },
  { name: 'shared-resource-first-after', at: 9, after: 'shared-resource-second', isContinued: true },
];
