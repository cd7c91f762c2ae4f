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
    known: [
      {
        path: 'operationState.syncResult.resources[2]',
        reason: 'RBAC objects are applied like all others, and a cluster-scoped object has no namespace.',
      },
      {
        path: 'summary.externalURLs',
        reason: 'Links of Ingresses and load balancers come with networking info.',
      },
    ],
  },
  { name: 'progressing', at: 2, play: sync },
  { name: 'suspended', at: 2, play: sync },
  { name: 'synced-healthy', at: 2, play: sync },
  {
    name: 'unknown-field',
    at: 2,
    play: sync,
    known: ['resources[0].status', 'sync.status'].map((path) => ({
      path,
      reason: 'A field that the schema of a built-in kind lacks is left out on both sides.',
    })),
  },
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
