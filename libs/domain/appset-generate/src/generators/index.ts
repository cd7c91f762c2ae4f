import { TiphysError } from '@tiphys/model';
import { clusters } from './clusters.ts';
import type { Generator } from './generator.ts';
import { git } from './git.ts';
import { list } from './list.ts';
import { matrix } from './matrix.ts';
import { merge } from './merge.ts';

const notBuilt =
  (kind: string): Generator =>
  () =>
    Promise.reject(new TiphysError('unimplemented', `the generator '${kind}' is not served yet`));

/** Every kind of generator, by its key. Those that ask systems outside say that they are not served. */
export const generators: Readonly<Record<string, Generator>> = {
  list,
  clusters,
  git,
  matrix,
  merge,
  scmProvider: notBuilt('scmProvider'),
  pullRequest: notBuilt('pullRequest'),
  clusterDecisionResource: notBuilt('clusterDecisionResource'),
  plugin: notBuilt('plugin'),
};
