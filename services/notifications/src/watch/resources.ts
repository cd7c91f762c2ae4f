import { GROUP, VERSION } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

const verbs = ['get', 'list', 'watch'];

/** The kinds that this service works with; no discovery is needed for them. */
export const resources = {
  applications: {
    group: GROUP,
    version: VERSION,
    kind: 'Application',
    resource: 'applications',
    namespaced: true,
    verbs: [...verbs, 'patch'],
  },
  appProjects: {
    group: GROUP,
    version: VERSION,
    kind: 'AppProject',
    resource: 'appprojects',
    namespaced: true,
    verbs,
  },
  configMaps: {
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    namespaced: true,
    verbs,
  },
  secrets: { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true, verbs },
} as const satisfies Record<string, ApiResource>;
