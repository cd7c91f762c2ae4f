import type { Situation } from './situation.ts';
import { sync } from './often-used.ts';

/** Syncs: what they do, in which order, and how they end. */
export const syncs: readonly Situation[] = [
  { name: 'create-namespace', at: 9, play: sync, hasNamespace: false },
  { name: 'dry-run', at: 2, play: (stage) => stage.sync({ dryRun: true }) },
  { name: 'kind-denied-by-project', at: 9, play: sync },
  { name: 'prune-last', at: 11, play: sync },
  { name: 'retry-exhausted', at: 9, play: sync },
  {
    name: 'selective-sync',
    at: 2,
    play: (stage) => stage.sync({ resources: [{ kind: 'ConfigMap', name: 'conf' }] }),
  },
  { name: 'server-side-apply', at: 9, play: sync },
  {
    name: 'replace-option',
    at: 9,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.sync();
    },
  },
  { name: 'shared-fail-option', at: 9, play: sync, after: 'shared-resource-first-after' },
  { name: 'skip-dry-run-missing-kind', at: 2, play: sync },
  { name: 'sync-failed', at: 2, play: sync },
  { name: 'sync-failed-missing-namespace', at: 2, play: sync },
  { name: 'sync-failed-unknown-kind', at: 2, play: sync },
  {
    name: 'sync-manifests-override',
    at: 2,
    known: [
      'history[0].revision',
      'operationState.syncResult.revision',
      'resources',
      'sourceType',
      'sync',
    ].map((path) => ({
      path,
      reason:
        'After a sync of local manifests the Application is compared with git, and the revision is known.',
    })),
    play: (stage) =>
      stage.sync({
        manifests: ['{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"conf"},"data":{"v":"local"}}'],
      }),
  },
  { name: 'waves', at: 2, play: sync },
  { name: 'waves-blocked', at: 2, play: (stage) => stage.begin() },
  {
    name: 'apply-outofsync-only',
    at: 11,
    play: async (stage) => {
      await stage.sync();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
      await stage.until('drifted', ({ status }) => status?.sync?.status === 'OutOfSync');
      await stage.sync();
    },
  },
  {
    name: 'deletion-in-progress',
    at: 11,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.delete();
    },
  },
  {
    name: 'immutable-field',
    at: 9,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(10);
      await stage.sync();
    },
  },
  {
    name: 'prune-needed',
    at: 4,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(5);
      await stage.refresh();
      await stage.sync();
    },
  },
  {
    name: 'pruned',
    at: 6,
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(7);
      await stage.sync({ prune: true });
    },
  },
];
