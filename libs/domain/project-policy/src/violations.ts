import { sourcesOf, type Application, type AppProject, type ApplicationSpec } from '@tiphys/model';
import { isDestinationPermitted, type ResolvedDestination } from './destinations.ts';
import { isSourcePermitted } from './sources.ts';

const NO_SOURCE = 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
const NO_CHART_VERSION = 'spec.source.targetRevision is required if the manifest source is a helm chart';

const isEmpty = (text: string | undefined): boolean => text === undefined || text === '';

/** What the sources of a spec lack, each mistake once; empty where they can be rendered. */
export function mistakesInSources(spec: Pick<ApplicationSpec, 'source' | 'sources'>): readonly string[] {
  const sources = sourcesOf(spec);
  if (sources.length === 0) return [NO_SOURCE];
  const mistakes = sources.flatMap((source) => {
    if (isEmpty(source.repoURL)) return [NO_SOURCE];
    const isNowhere = isEmpty(source.path) && isEmpty(source.chart) && isEmpty(source.ref);
    if (isNowhere && !source.repoURL.startsWith('oci://')) return [NO_SOURCE];
    return !isEmpty(source.chart) && isEmpty(source.targetRevision) ? [NO_CHART_VERSION] : [];
  });
  return [...new Set(mistakes)];
}

/**
 * What a project forbids of a spec: each repository, and the destination. Empty where it permits all. The texts are
 * those that clients know.
 */
export function violationsOf(
  { spec }: Pick<Application, 'spec'>,
  project: AppProject,
  destination: ResolvedDestination,
): readonly string[] {
  const name = project.metadata.name ?? '';
  const refused = sourcesOf(spec).filter((source) => !isSourcePermitted(project.spec, source));
  const sources = [...new Set(refused.map(({ repoURL }) => repoURL))].map(
    (url) => `application repo ${url} is not permitted in project '${name}'`,
  );
  if (isDestinationPermitted(project, destination)) return sources;
  const cluster = isEmpty(spec.destination.name) ? destination.server : destination.name;
  return [
    ...sources,
    `application destination server '${cluster}' and namespace '${destination.namespace}' ` +
      `do not match any of the allowed destinations in project '${name}'`,
  ];
}
