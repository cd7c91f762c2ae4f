import type { ApplicationSource, Repository } from '@tiphys/model';
import type { ArtifactSource } from '@tiphys/ports';

/** Where charts and artifacts come from. */
export interface Artifacts {
  /** Helm repositories with an index. */
  readonly helm: ArtifactSource;
  readonly oci: ArtifactSource;
}

/** True for sources that are no directory of a git repository. */
export const isArtifact = (source: ApplicationSource, repository: Repository): boolean =>
  repository.type !== 'git' || (source.chart !== undefined && source.chart !== '');

/** The source that serves a repository. */
export const artifactSourceOf = (artifacts: Artifacts, repository: Repository): ArtifactSource =>
  repository.type === 'oci' || repository.enableOci === true ? artifacts.oci : artifacts.helm;

/** What is asked for inside a repository: the chart, or the artifact that the repository's URL names itself. */
export const artifactName = (source: ApplicationSource): string => source.chart ?? '';
