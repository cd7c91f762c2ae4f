import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  TiphysError,
  labelOf,
  labels,
  messageOf,
  secretTypes,
} from '@tiphys/model';
import type { AppProject, ApplicationSource, KubeObject } from '@tiphys/model';
import type { GeneratorCluster, GeneratorInputs, GitPlace } from '@tiphys/appset-generate';
import type { GoRuntime, RenderSource, RepositoryTrees } from '@tiphys/ports';
import { isSourcePermitted } from '@tiphys/project-policy';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { findRepository } from '@tiphys/settings';
import type { Declared } from '../repositories/declared.ts';
import { assertUsable } from '../repositories/repo-address.ts';
import { secretData } from '../settings/server-settings.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

export interface GeneratorInputsParts {
  readonly repoServer: RepositoryTrees;
  readonly go: GoRuntime;
  readonly declared: Declared;
  /** Secrets of clusters are among them. */
  readonly secrets: ObjectStore;
  readonly settings: ServerSettings;
  readonly doublestar: boolean;
}

/** What generators of an ApplicationSet of a project may see: its sources, and the clusters that are not another's. */
export function generatorInputs(parts: GeneratorInputsParts, project: AppProject): GeneratorInputs {
  const { repoServer, go, doublestar } = parts;
  const at = (place: GitPlace): RenderSource => sourceAt(place, parts, project);
  return {
    clusters: () => clustersFor(parts, project.metadata.name ?? ''),
    directories: (place) => told(() => repoServer.listDirectories(at(place))),
    files: (place, patterns) => told(() => repoServer.readFiles({ ...at(place), patterns, doublestar })),
    renderGo: (texts, params, options) => go.renderApplicationSet(texts, params, options),
  };
}

/** @throws TiphysError `permission-denied` for a repository that the project does not permit */
function sourceAt(
  { repoURL, revision }: GitPlace,
  { declared }: GeneratorInputsParts,
  project: AppProject,
): RenderSource {
  assertUsable(repoURL);
  const source: ApplicationSource = { repoURL, targetRevision: revision };
  const name = project.metadata.name ?? '';
  if (!isSourcePermitted(project.spec, source)) {
    throw new TiphysError('permission-denied', `repository '${repoURL}' not permitted in project '${name}'`);
  }
  return { source, repository: findRepository(declared.repositories, source, name) };
}

function clustersFor(
  { secrets, settings }: GeneratorInputsParts,
  project: string,
): readonly GeneratorCluster[] {
  const declared = [...secrets.values()]
    .filter((secret) => labelOf(secret, labels.secretType) === secretTypes.cluster)
    .map(clusterOf)
    .filter((cluster) => cluster.project === '' || cluster.project === project)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const ownIsOff = settings.cm('cluster.inClusterEnabled') === 'false';
  if (ownIsOff || declared.some(({ server }) => server === IN_CLUSTER_SERVER)) return declared;
  return [{ name: IN_CLUSTER_NAME, server: IN_CLUSTER_SERVER, project: '' }, ...declared];
}

/** Nothing of a secret but its name, its address and what is written on its outside. */
function clusterOf(secret: KubeObject): GeneratorCluster {
  const { name = '', server = '', project = '' } = secretData(secret);
  const { labels: marks = {}, annotations = {} } = secret.metadata;
  return { name, server, project, metadata: { labels: marks, annotations } };
}

/** Clients know that a repository failed by the code of a server that failed. */
async function told<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof TiphysError) || cause.code === 'permission-denied') throw cause;
    if (cause.code === 'unavailable' || cause.code === 'deadline') throw cause;
    throw new TiphysError('internal', messageOf(cause), { cause });
  }
}
