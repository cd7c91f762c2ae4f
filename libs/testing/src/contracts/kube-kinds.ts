import type { KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

export const configMaps: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs,
};

export const services: ApiResource = { ...configMaps, kind: 'Service', resource: 'services' };

/** A kind with an int64 that the server does not look at. */
export const controllerRevisions: ApiResource = {
  ...configMaps,
  group: 'apps',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
};

export const customResourceDefinitions: ApiResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  namespaced: false,
  verbs,
};

/** A kind that is not served until its definition is created. */
export const ships: ApiResource = {
  ...configMaps,
  group: 'harbour.example.org',
  version: 'v1',
  kind: 'Ship',
  resource: 'ships',
};

export const shipDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ships.harbour.example.org' },
  spec: {
    group: 'harbour.example.org',
    scope: 'Namespaced',
    names: { kind: 'Ship', plural: 'ships', singular: 'ship' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};

export const configMap = (
  namespace: string,
  name: string,
  { labels, data }: { readonly data?: Record<string, string>; readonly labels?: Record<string, string> } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
  ...(data === undefined ? {} : { data }),
});
