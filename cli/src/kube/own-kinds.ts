import { GROUP, VERSION } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const own = (kind: string, resource: string): ApiResource => ({
  group: GROUP,
  version: VERSION,
  kind,
  resource,
  namespaced: true,
  verbs,
});
const core = (kind: string, resource: string): ApiResource => ({
  group: '',
  version: 'v1',
  kind,
  resource,
  namespaced: true,
  verbs,
});

/** The kinds that a control plane keeps its state in. */
export const ownKinds = {
  configMap: core('ConfigMap', 'configmaps'),
  secret: core('Secret', 'secrets'),
  project: own('AppProject', 'appprojects'),
  application: own('Application', 'applications'),
  applicationSet: own('ApplicationSet', 'applicationsets'),
} as const satisfies Record<string, ApiResource>;
