import { TiphysError } from '@tiphys/model';
import { configMap } from './manifests.ts';
import type { World } from './world.ts';

/** Two Applications that have nothing to do with what goes wrong elsewhere. */
export interface Bystander {
  /** Fails when anybody wrote the Application that nothing is asked of, or when it lost an object. */
  noticesNothing(): Promise<void>;
  /** Commits to the other one and waits until that is live; fails when it takes longer than `withinMs`. */
  stillFollows(withinMs?: number): Promise<void>;
}

/** Deploys both and remembers how the quiet one is now. They have repositories and a project of their own. */
export async function startBystander(world: World): Promise<Bystander> {
  const anything = [{ server: '*', namespace: '*' }];
  await world.project('bystander', { sourceRepos: ['*'], destinations: anything });
  for (const name of ['quiet', 'busy']) {
    const repoURL = await world.repository(`bystander-${name}`, {
      'cm.yaml': configMap(`bystander-${name}`, '0'),
    });
    const source = { repoURL, path: '.', targetRevision: 'main' };
    await world.deployed(`bystander-${name}`, { project: 'bystander', source });
  }
  const before = await world.app('bystander-quiet');
  let commits = 0;
  let last: Promise<unknown> = Promise.resolve();

  const follow = async (withinMs: number): Promise<void> => {
    const value = String((commits += 1));
    await world.git.commit('bystander-busy', { 'cm.yaml': configMap('bystander-busy', value) }, value);
    await world.refresh('bystander-busy');
    await world.becomesLive('bystander-busy', { v: value }, undefined, withinMs);
  };
  return {
    async noticesNothing() {
      const now = await world.app('bystander-quiet');
      if (now?.metadata.resourceVersion !== before?.metadata.resourceVersion)
        throw new TiphysError(
          'failed-precondition',
          `the bystander was written, from ${JSON.stringify(before)} to ${JSON.stringify(now)}`,
        );
      if ((await world.data('bystander-quiet'))?.['v'] !== '0')
        throw new TiphysError('failed-precondition', 'the bystander lost its object');
    },
    stillFollows(withinMs = 20_000) {
      const turn = last.then(() => follow(withinMs));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
