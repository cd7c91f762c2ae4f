import type { KnownDifference } from '@tiphys/testing/recordings';
import type { Stage } from './stage.ts';

/** How a recorded situation is played again. */
export interface Situation {
  readonly name: string;
  /** Number of the commit that `main` was at in the beginning. */
  readonly at: number;
  readonly play?: (stage: Stage) => Promise<void>;
  /** A situation that must have been played before, on the same objects. */
  readonly after?: string;
  /** The Application is there from the situation before. */
  readonly isContinued?: boolean;
  readonly hasNamespace?: false;
  readonly known?: readonly KnownDifference[];
}

const TEXT = 'The text says what is wrong, where, and in which source, in our own words.';
const LAST_KNOWN =
  'While git cannot be read, nothing is called prunable and the type of the source stays known.';

const noTarget: readonly KnownDifference[] = [{ path: 'conditions[0].message', reason: TEXT }];

const sync = (stage: Stage): Promise<void> => stage.sync();

/** The situations that the controller of today covers. Hooks, windows, signatures, orphans and hydration are not among them. */
export const situations: readonly Situation[] = [
  { name: 'fresh-outofsync-missing', at: 2 },
  { name: 'automated-disabled-flag', at: 9 },
  { name: 'automated-failed-retrying', at: 8 },
  { name: 'automated-synced', at: 7 },
  {
    name: 'cluster-unreachable',
    at: 9,
    known: [
      { path: 'conditions', reason: 'One condition says once why the cluster does not answer.' },
      { path: 'health.status', reason: 'Of a cluster that never answered, the health is not known.' },
      { path: 'reconciledAt', reason: 'Nothing was looked at: the time of the last look stays.' },
    ],
  },
  { name: 'comparison-error-bad-path', at: 9, known: noTarget },
  { name: 'comparison-error-bad-repo', at: 9, known: noTarget },
  { name: 'comparison-error-bad-revision', at: 9, known: noTarget },
  { name: 'comparison-error-helm', at: 9, known: noTarget },
  { name: 'comparison-error-host-down', at: 9, known: noTarget },
  { name: 'comparison-error-kustomize', at: 9, known: noTarget },
  { name: 'comparison-error-yaml', at: 9, known: noTarget },
  { name: 'excluded-warning', at: 9 },
  { name: 'invalid-spec-cluster-unknown', at: 9 },
  { name: 'invalid-spec-destination-denied', at: 9 },
  { name: 'invalid-spec-no-source', at: 9 },
  { name: 'invalid-spec-project-missing', at: 9 },
  { name: 'invalid-spec-repo-denied', at: 9 },
  { name: 'skip-reconcile', at: 9 },

  {
    name: 'create-namespace',
    at: 9,
    play: sync,
    hasNamespace: false,
    known: [
      {
        path: 'operationState.syncResult',
        reason: 'The namespace is made before the sync and is no task of it until its metadata is managed.',
      },
    ],
  },
  { name: 'degraded-crashloop', at: 2, play: sync },
  { name: 'degraded-deadline', at: 2, play: sync },
  { name: 'dry-run', at: 2, play: (stage) => stage.sync({ dryRun: true }) },
  { name: 'empty-source', at: 11, play: sync },
  { name: 'helm-params', at: 9, play: sync },
  { name: 'kind-denied-by-project', at: 9, play: sync },
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
  {
    name: 'multi-source',
    at: 9,
    play: sync,
    known: [
      {
        path: 'health.status',
        reason: 'A deployment may be ready by the end of a sync or not.',
        mayBeAbsent: true,
      },
      { path: 'history[0].revision', reason: 'An empty revision is written rather than left out.' },
    ],
  },
  { name: 'progressing', at: 2, play: sync },
  { name: 'prune-last', at: 11, play: sync },
  { name: 'repeated-warning', at: 9, play: sync },
  { name: 'retry-exhausted', at: 9, play: sync },
  {
    name: 'selective-sync',
    at: 2,
    play: (stage) => stage.sync({ resources: [{ kind: 'ConfigMap', name: 'conf' }] }),
  },
  { name: 'server-side-apply', at: 9, play: sync },
  {
    name: 'skip-dry-run-missing-kind',
    at: 2,
    play: sync,
    known: [
      {
        path: 'operationState',
        reason:
          'There is no dry run before a sync to be skipped: an unknown kind stops it before its first write.',
      },
    ],
  },
  { name: 'suspended', at: 2, play: sync },
  {
    name: 'sync-during-comparison-error',
    at: 9,
    play: sync,
    known: [...noTarget, { path: 'operationState.message', reason: TEXT }],
  },
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
  { name: 'waves', at: 2, play: sync },
  { name: 'waves-blocked', at: 2, play: (stage) => stage.begin() },

  {
    name: 'apply-outofsync-only',
    at: 11,
    known: [
      {
        path: 'operationState.syncResult.resources',
        reason: 'ApplyOutOfSyncOnly comes with the other sync options.',
      },
    ],
    play: async (stage) => {
      await stage.sync();
      await stage.edit('configmaps/conf', { data: { v: 'edited' } });
      await stage.until('drifted', ({ status }) => status?.sync?.status === 'OutOfSync');
      await stage.sync();
    },
  },
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
    name: 'comparison-error-after-success',
    at: 9,
    known: [
      ...noTarget,
      ...[0, 1, 2].map((index) => ({ path: `resources[${index}].requiresPruning`, reason: LAST_KNOWN })),
      { path: 'sourceType', reason: LAST_KNOWN },
    ],
    play: async (stage) => {
      await stage.sync();
      await stage.until('is Healthy', ({ status }) => status?.health?.status === 'Healthy');
      await stage.patch({ spec: { source: { path: 'st/gone' } } });
    },
  },
  {
    name: 'deletion-in-progress',
    at: 11,
    known: ['health.status', 'resources[0].status', 'sync.status'].map((path) => ({
      path,
      reason: 'An Application that is being deleted is not compared any more.',
    })),
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.delete();
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
    name: 'immutable-field',
    at: 9,
    known: ['operationState.message', 'operationState.syncResult.resources[0].message'].map((path) => ({
      path,
      reason: 'The message is that of the API server, without the name of a temporary file.',
    })),
    play: async (stage) => {
      await stage.sync();
      await stage.synced();
      await stage.commit(10);
      await stage.sync();
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

  { name: 'shared-resource', at: 9, play: sync },
  { name: 'shared-resource-second', at: 9, play: sync, after: 'shared-resource' },
  { name: 'shared-resource-first-after', at: 9, after: 'shared-resource-second', isContinued: true },
];
