import type { Share } from './share.ts';

const SHOWN = 'what it makes in a cluster, and asks of the server, is shown on a cluster of the test';
const ANSWER = 'what the server says of such a cluster is replayed with its own calls';

/** Recordings of one cluster, in which earlier ones had left what later ones found. */
const otherwise: Share['otherwise'] = {
  '183-cluster-add-no-context': SHOWN,
  '184-cluster-add': SHOWN,
  '185-cluster-add-again-same': ANSWER,
  '186-cluster-add-again-differs': ANSWER,
  '187-cluster-add-upsert-namespaces': SHOWN,
  '201-cluster-add-again-for-later': SHOWN,
  '211-cluster-add-bearer': SHOWN,
  '212-cluster-add-bearer-again': SHOWN,
  '213-cluster-add-bearer-upsert': SHOWN,
  '832-cluster-add-exec': ANSWER,
  '833-cluster-add-aws': ANSWER,
  '834-cluster-add-flags': SHOWN,
  '837-cluster-add-in-cluster': ANSWER,
};

/** Commands that ask a cluster for a login before they ask the server. */
export const clusterAdd: Share = {
  spec: 'cluster-add.int.spec.ts',
  includes: ([group, verb]) => group === 'cluster' && verb === 'add',
  otherwise,
};
