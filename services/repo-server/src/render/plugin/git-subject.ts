import { join } from 'node:path';
import type { Checkouts } from '../checkout.ts';
import type { GitSourceView } from '../source-view.ts';
import type { PluginSubject } from './subject.ts';

/** A source in a git repository as plugins see it. */
export function gitSubject(view: GitSourceView, checkouts: Checkouts): PluginSubject {
  const { request, source, env, snapshot, path } = view;
  return {
    request,
    source,
    env,
    path,
    revision: snapshot.sha,
    contentOf: async (directory) => (await snapshot.find(directory)).id,
    lend: async (directory, task) => {
      const top = await snapshot.find(directory);
      return checkouts.use(snapshot, [top], (root) => task(join(root.directory, top.path)));
    },
  };
}
