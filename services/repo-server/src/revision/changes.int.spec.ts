import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

let git: GitServer;
let server: RunningRepoServer;
let first: string;

beforeAll(async () => {
  git = await startGitServer();
  server = await startRepoServer();
  first = await git.createRepo('mono', {
    'apps/web/a.yaml': '1',
    'apps/web/deep/b.yaml': '1',
    'apps/api/a.yaml': '1',
    'base/values.yaml': '1',
  });
});

afterAll(async () => {
  await server.close();
  await git.close();
});

const hasChanges = (paths: readonly string[], revision: string, since = first): Promise<boolean> =>
  server.client.hasChanges({ ...renderRequest(git.url('mono')), revision, since, paths });

describe('changes between two commits', () => {
  it('are those of the files that are named, whatever came between', async () => {
    const api = await git.commit('mono', { 'apps/api/a.yaml': '2' }, 'api');
    const web = await git.commit('mono', { 'apps/web/deep/b.yaml': null, 'new/c.yaml': '1' }, 'web');
    const verdicts = await Promise.all(
      [
        [['apps/web'], api],
        [['apps/api'], api],
        [[''], api],
        [['apps/*/a.yaml'], api],
        [['apps/web'], web],
        [['apps/api'], web],
        [['new/c.yaml'], web],
        [['base', 'docs'], web],
        [['base'], first],
      ].map(([paths, revision]) => hasChanges(paths as readonly string[], revision as string)),
    );
    expect(verdicts).toEqual([false, true, true, true, true, true, true, false, false]);
    expect(await hasChanges(['apps/api'], web, api)).toBe(false);
  });

  it('sees a file that became a directory', async () => {
    const sha = await git.commit('mono', { 'base/values.yaml': null, 'base/values.yaml/x': '1' }, 'turn');
    expect(await hasChanges(['base/values.yaml'], sha)).toBe(true);
  });

  it('are assumed where the older commit is not to be had', async () => {
    const sha = await git.commit('mono', { 'docs/x.md': '1' }, 'docs');
    expect(await hasChanges(['apps/web'], sha, 'f'.repeat(40))).toBe(true);
  });
});
