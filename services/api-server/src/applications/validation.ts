import { TiphysError, hasCode, sourcesOf } from '@tiphys/model';
import type { AppProject, ApplicationSpec } from '@tiphys/model';
import { isSourceNamespacePermitted, violationsOf } from '@tiphys/project-policy';
import type { ClusterName } from '../repositories/declared.ts';
import type { Declared } from '../repositories/declared.ts';
import { renderFailure } from './renderer.ts';
import type { AppRenderer } from './renderer.ts';

/** An Application that is about to be written. */
export interface Candidate {
  readonly name: string;
  readonly namespace: string;
  /** Its name in cache keys and tracking marks. */
  readonly instance: string;
  readonly spec: ApplicationSpec;
}

const invalid = (message: string): TiphysError => new TiphysError('invalid', message);

/** Checks what is written to Applications: project, destination, sources, and whether they render. */
export class Validation {
  readonly #projectOf: (name: string) => AppProject | undefined;
  readonly #declared: Declared;
  readonly #renderer: AppRenderer;
  readonly #namespace: string;

  constructor(parts: {
    /** The project as it counts, with what it inherits. */
    readonly projectOf: (name: string) => AppProject | undefined;
    readonly declared: Declared;
    readonly renderer: AppRenderer;
    readonly namespace: string;
  }) {
    this.#projectOf = parts.projectOf;
    this.#declared = parts.declared;
    this.#renderer = parts.renderer;
    this.#namespace = parts.namespace;
  }

  /**
   * @throws TiphysError `invalid` naming what is wrong. `render` false leaves out what needs the repository.
   */
  async check(
    candidate: Candidate,
    options: { readonly render: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const { name, namespace, instance, spec } = candidate;
    const project = this.#project(candidate);
    if (!options.render) return;
    const cluster = this.destination(candidate);
    const problem = policyProblem(project, spec, cluster);
    if (problem !== undefined)
      throw invalid(`application spec for ${name} is invalid: InvalidSpecError: ${problem}`);
    try {
      await this.#renderer.render(
        { instance, namespace, spec, server: cluster.server },
        // A branch that somebody just made is there, whatever was known a moment ago.
        { refreshRevision: true, signal: options.signal },
      );
    } catch (error) {
      if (hasCode(error, 'unavailable') || hasCode(error, 'canceled')) throw error;
      const where = sourcesOf(spec)[0]?.path ?? '';
      throw invalid(
        `application spec for ${name} is invalid: InvalidSpecError: ` +
          `Unable to generate manifests in ${where}: ${renderFailure(error)}`,
      );
    }
  }

  /** The project of an Application, if it lets Applications of that namespace in. */
  #project({ spec, namespace }: Candidate): AppProject {
    const project = this.#projectOf(spec.project);
    if (project && isSourceNamespacePermitted(project, namespace, this.#namespace)) return project;
    throw invalid(`app is not allowed in project "${spec.project}", or the project does not exist`);
  }

  /** The cluster that an Application goes to. */
  destination({ name: app, spec }: Pick<Candidate, 'name' | 'spec'>): ClusterName {
    const { server = '', name = '' } = spec.destination;
    const fail = (reason: string): TiphysError =>
      invalid(`application destination spec for ${app} is invalid: ${reason}`);
    if (server !== '' && name !== '') {
      throw fail(`application destination can't have both name and server defined: ${name} ${server}`);
    }
    if (server === '' && name === '') throw fail('Destination server missing from app spec');
    const { clusters } = this.#declared;
    const found = clusters.filter((cluster) =>
      server !== '' ? cluster.server === server : cluster.name === name,
    );
    const [cluster] = found;
    if (cluster && found.length === 1) return cluster;
    if (found.length > 1) throw fail(`there are ${found.length} clusters with the name ${name}`);
    throw fail(
      server === ''
        ? `there are no clusters with this name: ${name}`
        : `error getting cluster by server "${server}": rpc error: code = NotFound desc = cluster "${server}" not found`,
    );
  }
}

function policyProblem(project: AppProject, spec: ApplicationSpec, cluster: ClusterName): string | undefined {
  const sources = sourcesOf(spec);
  if (sources.length === 0) return 'spec.source or spec.sources is required';
  for (const source of sources) {
    if (source.repoURL === '') return 'spec.source.repoURL is required';
    if ((source.path ?? '') === '' && (source.chart ?? '') === '' && (source.ref ?? '') === '') {
      return 'spec.source.path or spec.source.chart is required';
    }
  }
  const { server, name, project: clusterProject } = cluster;
  const namespace = spec.destination.namespace ?? '';
  return violationsOf({ spec }, project, { server, name, namespace, clusterProject })[0];
}
