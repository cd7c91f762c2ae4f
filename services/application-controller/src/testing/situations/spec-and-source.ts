import type { Situation } from './situation.ts';
import { LAST_KNOWN, TEXT, noTarget, sync } from './often-used.ts';

/** Specs and sources, right and wrong. */
export const specAndSource: readonly Situation[] = [
  { name: 'fresh-outofsync-missing', at: 2 },
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
  { name: 'unsigned-commit', at: 9 },
  { name: 'empty-source', at: 11, play: sync },
  { name: 'helm-params', at: 9, play: sync },
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
  { name: 'repeated-warning', at: 9, play: sync },
  {
    name: 'sync-during-comparison-error',
    at: 9,
    play: sync,
    known: [...noTarget, { path: 'operationState.message', reason: TEXT }],
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
];
