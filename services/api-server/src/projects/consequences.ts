import { isDeepStrictEqual } from 'node:util';
import { sourcesOf } from '@tiphys/model';
import type { AppProject, Application } from '@tiphys/model';
import { isDestinationPermitted, isSourcePermitted } from '@tiphys/project-policy';
import type { ResolvedDestination } from '@tiphys/project-policy';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';

/** A project before and after a change. */
export interface ProjectChange {
  readonly existing: AppProject;
  readonly wanted: AppProject;
}

export type DestinationOf = (app: Application) => ResolvedDestination;

/** The lists that say which kinds may be deployed. */
const KIND_LISTS = [
  'clusterResourceWhitelist',
  'clusterResourceBlacklist',
  'namespaceResourceWhitelist',
  'namespaceResourceBlacklist',
] as const;

/**
 * Who changes where a project deploys, what to or from where needs the right to update those clusters and
 * repositories as well.
 * @throws TiphysError `permission-denied`
 */
export function checkRights(
  access: Access,
  claims: Claims | undefined,
  { existing, wanted }: ProjectChange,
): void {
  const [before, after] = [clustersOf(existing), clustersOf(wanted)];
  const kindsChanged = KIND_LISTS.some((list) => !isSame(existing.spec[list], wanted.spec[list]));
  for (const cluster of kindsChanged ? [...before, ...after] : changed(before, after)) {
    access.enforce(claims, 'clusters', 'update', cluster);
  }
  for (const url of changed(existing.spec.sourceRepos ?? [], wanted.spec.sourceRepos ?? [])) {
    access.enforce(claims, 'repositories', 'update', url);
  }
}

/** What a change takes away from Applications, undefined where it takes nothing. */
export function lostApplications(
  apps: readonly Application[],
  { existing, wanted }: ProjectChange,
  destinationOf: DestinationOf,
): string | undefined {
  const permitsSources = ({ spec }: AppProject, app: Application): boolean =>
    sourcesOf(app.spec).every((source) => isSourcePermitted(spec, source));
  const sources = apps.filter((app) => permitsSources(existing, app) && !permitsSources(wanted, app));
  const destinations = apps.filter((app) => {
    const destination = destinationOf(app);
    return isDestinationPermitted(existing, destination) && !isDestinationPermitted(wanted, destination);
  });
  const lost = [
    ...(sources.length === 0 ? [] : [`${sources.length} applications source became invalid`]),
    ...(destinations.length === 0 ? [] : [`${destinations.length} applications destination became invalid`]),
  ];
  return lost.length === 0 ? undefined : lost.join(' and ');
}

const clustersOf = ({ spec }: AppProject): readonly string[] => [
  ...new Set((spec.destinations ?? []).map(({ server = '', name = '' }) => (server === '' ? name : server))),
];

/** What only one of two lists has. */
const changed = (before: readonly string[], after: readonly string[]): readonly string[] => [
  ...before.filter((each) => !after.includes(each)),
  ...after.filter((each) => !before.includes(each)),
];

const isSame = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean => isDeepStrictEqual(a, b);
