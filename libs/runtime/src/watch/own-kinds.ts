import { GROUP, VERSION } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** The kinds that services work with in the control plane's own namespace; no discovery is needed for them. */
export const ownKinds = {
  application: {
    group: GROUP,
    version: VERSION,
    kind: 'Application',
    resource: 'applications',
    namespaced: true,
    verbs,
  },
  applicationSet: {
    group: GROUP,
    version: VERSION,
    kind: 'ApplicationSet',
    resource: 'applicationsets',
    namespaced: true,
    verbs,
  },
  project: {
    group: GROUP,
    version: VERSION,
    kind: 'AppProject',
    resource: 'appprojects',
    namespaced: true,
    verbs,
  },
  configMap: { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true, verbs },
  secret: { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true, verbs },
} as const satisfies Record<string, ApiResource>;
