import { messageOf, sourcesOf, type Application, type AppProject } from '@tiphys/model';
import { isDestinationPermitted, isSourcePermitted, type ResolvedDestination } from '@tiphys/project-policy';
import type { ClusterConfig } from '@tiphys/ports';

type Destination = ResolvedDestination & { readonly config: ClusterConfig };

export type SpecVerdict =
  | { readonly type: 'valid'; readonly project: AppProject; readonly destination: Destination }
  | { readonly type: 'invalid'; readonly messages: readonly string[] };

export interface SpecWorld {
  readonly projectOf: (name: string) => AppProject | undefined;
  readonly resolve: (destination: Application['spec']['destination']) => Destination;
}

const invalid = (...messages: readonly string[]): SpecVerdict => ({ type: 'invalid', messages });

/** Whether an Application may be looked at: its sources, destination and project exist and fit together. */
export function validateSpec(app: Application, { projectOf, resolve }: SpecWorld): SpecVerdict {
  const { spec } = app;
  const project = projectOf(spec.project === '' ? 'default' : spec.project);
  if (project === undefined)
    return invalid(`Application referencing project ${spec.project} which does not exist`);
  const sourceMistakes = mistakesInSources(app);
  if (sourceMistakes.length > 0) return invalid(...sourceMistakes);
  let destination: Destination;
  try {
    destination = resolve(spec.destination);
  } catch (error) {
    return invalid(messageOf(error));
  }
  const refusals = refusalsOf(app, project, destination);
  return refusals.length > 0 ? invalid(...refusals) : { type: 'valid', project, destination };
}

function mistakesInSources({ spec }: Application): readonly string[] {
  const sources = sourcesOf(spec);
  if (sources.length === 0)
    return ['spec.source.repoURL and either spec.source.path or spec.source.chart are required'];
  const mistakes = sources.flatMap((source) => {
    const isEmpty = (text: string | undefined): boolean => text === undefined || text === '';
    if (source.repoURL === '')
      return ['spec.source.repoURL and either spec.source.path or spec.source.chart are required'];
    const isNowhere = isEmpty(source.path) && isEmpty(source.chart) && isEmpty(source.ref);
    if (isNowhere && !source.repoURL.startsWith('oci://')) {
      return ['spec.source.repoURL and either spec.source.path or spec.source.chart are required'];
    }
    if (!isEmpty(source.chart) && isEmpty(source.targetRevision))
      return ['spec.source.targetRevision is required if the manifest source is a helm chart'];
    return [];
  });
  return [...new Set(mistakes)];
}

function refusalsOf({ spec }: Application, project: AppProject, destination: Destination): readonly string[] {
  const sources = sourcesOf(spec)
    .filter((source) => !isSourcePermitted(project.spec, source))
    .map((source) => `application repo ${source.repoURL} is not permitted in project '${spec.project}'`);
  if (isDestinationPermitted(project.spec, destination)) return sources;
  const where =
    spec.destination.server === undefined || spec.destination.server === ''
      ? `name '${destination.name}'`
      : `server '${destination.server}'`;
  return [
    ...sources,
    `application destination ${where} and namespace '${destination.namespace}' do not match any of the allowed destinations in project '${spec.project}'`,
  ];
}
