import type { ApiResource } from '@tiphys/ports';

export const pods: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['get', 'list'],
};
