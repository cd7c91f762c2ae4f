import { isCompleted, sourcesOf, type Application, type ApplicationSource } from '@tiphys/model';
import type { AppKey } from './graph.ts';

/** What an Application is about to sync: its sources with the revisions that they were resolved to. */
export interface Follower {
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
}

/** Why a dependency is not ready. */
export interface Blocker {
  readonly key: AppKey;
  /** Said after the name: `is OutOfSync`. */
  readonly reason: string;
  /** It was compared with another commit of a branch that both follow: one of the two has to look again. */
  readonly isBehind: boolean;
}

/**
 * What of a dependency is to be waited for; undefined where it is Synced and Healthy at its current revision. Where it
 * follows a branch that the waiting Application follows too, that is the very commit which that one is about to sync.
 */
export function blockerOf(
  key: AppKey,
  dependency: Application | undefined,
  follower: Follower | undefined,
): Blocker | undefined {
  const reason = dependency === undefined ? 'does not exist' : unreadiness(dependency);
  if (reason !== undefined) return { key, reason, isBehind: false };
  if (dependency === undefined || follower === undefined) return undefined;
  if (revisionsOf(dependency).every((one) => isAt(one, follower))) return undefined;
  return { key, reason: 'was compared with another commit', isBehind: true };
}

function unreadiness({ metadata, operation, status, spec }: Application): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'is being deleted';
  const state = status?.operationState;
  if (operation !== undefined || (state !== undefined && !isCompleted(state.phase))) return 'is syncing';
  const sync = status?.sync?.status ?? 'Unknown';
  if (sync !== 'Synced') return `is ${sync}`;
  if (!isOfSpec(spec, status)) return 'was not compared since its spec changed';
  const health = status?.health?.status ?? 'Unknown';
  return health === 'Healthy' ? undefined : `is ${health}`;
}

function isOfSpec(spec: Application['spec'], status: Application['status']): boolean {
  const compared = status?.sync?.comparedTo;
  if (compared === undefined) return false;
  const identity = (sources: readonly ApplicationSource[]) =>
    JSON.stringify(
      sources.map(({ repoURL, path, chart, targetRevision }) => [repoURL, path, chart, targetRevision]),
    );
  return identity(sourcesOf(compared)) === identity(sourcesOf(spec));
}

interface At {
  readonly source: ApplicationSource;
  readonly revision: string;
}

function revisionsOf({ spec, status }: Application): readonly At[] {
  const revisions = status?.sync?.revisions ?? [status?.sync?.revision ?? ''];
  return sourcesOf(spec).map((source, index) => ({ source, revision: revisions[index] ?? '' }));
}

const isAt = ({ source, revision }: At, { sources, revisions }: Follower): boolean =>
  sources.every(
    (own, index) =>
      own.repoURL !== source.repoURL ||
      (own.chart ?? '') !== (source.chart ?? '') ||
      (own.targetRevision ?? '') !== (source.targetRevision ?? '') ||
      revisions[index] === revision,
  );

/** What everybody who waits for an Application has to be told of: equal texts mean no news. */
export const readinessOf = (app: Application | undefined): string =>
  app === undefined
    ? ''
    : JSON.stringify([unreadiness(app), app.status?.sync?.revision, app.status?.sync?.revisions]);

/** `argocd/db is OutOfSync; argocd/cache does not exist` behind what waits. */
export const waitingText = (blockers: readonly Blocker[]): string =>
  `waiting for dependencies: ${blockers.map(({ key, reason }) => `${key} ${reason}`).join('; ')}`;

export const cycleText = (cycle: readonly AppKey[]): string => `dependency cycle: ${cycle.join(' -> ')}`;
