import type { JsonObject } from '@tiphys/model';
import type { Declared } from '../repositories/declared.ts';

/**
 * The repositories and clusters that belong to a project. Each field is named here, so that no credential can be
 * among them.
 */
export function scopedTo(project: string, declared: Declared): JsonObject {
  const repositories = declared.repositories.repositories
    .filter((repository) => repository.project === project)
    .map(({ url, type, name }) => ({ repo: url, type, name: name ?? '', project, connectionState: {} }));
  const clusters = declared.clusters
    .filter((cluster) => cluster.project === project)
    .map(({ server, name }) => ({
      server,
      name,
      project,
      config: { tlsClientConfig: {} },
      connectionState: {},
      info: {},
    }));
  return {
    ...(repositories.length === 0 ? {} : { repositories }),
    ...(clusters.length === 0 ? {} : { clusters }),
  };
}
