import type { Share } from './share.ts';

/** Commands that ask a cluster for a login before they ask the server. */
export const clusterAdd: Share = {
  spec: 'cluster-add.recordings.int.spec.ts',
  includes: ([group, verb]) => group === 'cluster' && verb === 'add',
  otherwise: {},
};
