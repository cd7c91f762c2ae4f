import { mkdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitStage, failure, readFiles, repo, text } from './testing/git-stage.ts';

const stage = new GitStage();

describe('revisions', () => {
  it('resolve branches, tags, HEAD, SHAs, full names and ranges', async () => {
    const server = await stage.serve();
    const first = await server.createRepo('demo', { a: '1' });
    const second = await server.commit('demo', { a: '2' }, 'Second');
    const side = await server.commit('demo', { a: '3' }, 'Third', { branch: 'team/side' });
    await server.tag('demo', '1.2.0', first, 'annotated');
    await server.tag('demo', 'app-1.0.0', second);
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    const resolve = (revision: string, tagPrefix?: string): Promise<string> =>
      git.resolve(repository, {
        revision,
        maxAgeMs: 60_000,
        ...(tagPrefix === undefined ? {} : { tagPrefix }),
      });
    expect(await resolve('')).toBe(second);
    expect(await resolve('HEAD')).toBe(second);
    expect(await resolve('main')).toBe(second);
    expect(await resolve('team/side')).toBe(side);
    expect(await resolve('refs/heads/team/side')).toBe(side);
    expect(await resolve('1.2.0')).toBe(first);
    expect(await resolve('1.*')).toBe(first);
    expect(await resolve('>=1.0', 'app-')).toBe(second);
    expect(await resolve(second)).toBe(second);
    expect(await resolve(second.slice(0, 8))).toBe(second);
    expect(await resolve(first.slice(0, 7))).toBe(first);
    expect(await failure(resolve('nope'))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining("unable to resolve 'nope' to a commit SHA") as string,
    });
    expect(await failure(resolve('0123abc'))).toMatchObject({ code: 'not-found' });
    expect(await failure(resolve('--upload-pack=x'))).toMatchObject({ code: 'invalid' });
    expect(server.requests.count({ kind: 'ls-remote' })).toBeLessThanOrEqual(3);
  });

  it('an old commit that only history leads to can be read', async () => {
    const server = await stage.serve();
    const first = await server.createRepo('demo', { a: '1' });
    await server.commit('demo', { a: '2' }, 'Second');
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    const sha = await git.resolve(repository, { revision: first.slice(0, 9), maxAgeMs: 0 });
    expect(await readFiles(git, repository, sha)).toEqual({ a: '1' });
    expect(await git.commitInfo(repository, sha)).toMatchObject({
      author: 'Dev Eloper <dev@example.com>',
      message: 'Start',
      date: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  it('an empty repository says so', async () => {
    const server = await stage.serve();
    await server.createRepo('demo');
    const git = await stage.adapter();
    const error = await failure(git.resolve(repo(server.url('demo')), { revision: '', maxAgeMs: 0 }));
    expect(error).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('is empty') as string,
    });
  });
});

describe('sharing', () => {
  it('asks once for many callers, and anew for one who insists', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    await Promise.all(Array.from({ length: 50 }, () => git.refs(repository, 60_000)));
    await git.refs(repository, 60_000);
    expect(server.requests.count({ kind: 'ls-remote' })).toBe(1);
    const next = await server.commit('demo', { a: '2' }, 'Second');
    expect((await git.refs(repository, 60_000)).head).toBe(sha);
    const answers = await Promise.all(Array.from({ length: 20 }, () => git.refs(repository, 0)));
    expect(new Set(answers.map((refs) => refs.head))).toEqual(new Set([next]));
    expect(server.requests.count({ kind: 'ls-remote' })).toBeLessThanOrEqual(3);
    await Promise.all(Array.from({ length: 50 }, () => git.fetch(repository, next)));
    expect(server.requests.count({ kind: 'fetch' })).toBe(1);
    expect(git.events.filter((event) => event.kind === 'fetch').length).toBe(1);
  });

  it('reads 200 applications of one commit in well under a second', async () => {
    const server = await stage.serve();
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, app) =>
        Array.from({ length: 3 }, (_, file) => [
          `apps/app-${app}/${file}.yaml`,
          `app: ${app}\nfile: ${file}\n`,
        ]),
      ).flat() as [string, string][],
    );
    const sha = await server.createRepo('mono', files);
    const git = await stage.adapter();
    const repository = repo(server.url('mono'));
    await git.fetch(repository, sha);
    const start = performance.now();
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, app) => {
        const tree = (await git.find(repository, sha, `apps/app-${app}`)).id;
        const entries = await git.listTree(repository, tree);
        return git.readBlobs(
          repository,
          entries.map((entry) => entry.id),
        );
      }),
    );
    expect(performance.now() - start).toBeLessThan(1000);
    expect(text(seen[117]?.[2])).toBe('app: 117\nfile: 2\n');
  });

  it('a second fetch brings only what is new', async () => {
    const server = await stage.serve();
    const noise = Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(Math.random() * 256)));
    const first = await server.createRepo('demo', { big: noise, a: '1' });
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, first);
    const second = await server.commit('demo', { a: '2' }, 'Second');
    server.fault('demo', { kind: 'cut', afterBytes: 100_000 });
    expect(await readFiles(git, repository, second)).toMatchObject({ a: '2' });
  });
});

describe('trees', () => {
  it('export with links, modes and odd names', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', {
      'app/ü b\n.yaml': 'x',
      'app/run.sh': { executable: '#!/bin/sh' },
      'app/link': { symlink: '../other/y' },
      'app/sub': { submodule: '0123456789012345678901234567890123456789' },
      'other/y': 'why',
      alias: { symlink: 'app' },
    });
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, sha);
    const target = join(stage.folder, 'export');
    await mkdir(target);
    await git.exportTree(repository, (await git.find(repository, sha, '')).id, target);
    expect(await readFile(join(target, 'app', 'ü b\n.yaml'), 'utf8')).toBe('x');
    expect((await stat(join(target, 'app', 'run.sh'))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(target, 'app', 'link'))).toBe('../other/y');
    expect(await git.find(repository, sha, 'alias/run.sh')).toEqual(
      await git.find(repository, sha, './app//run.sh'),
    );
    for (const path of ['../x', 'app/../../x', '/../..', 'app/link/../../..', 'a\0b']) {
      expect(await failure(git.find(repository, sha, path)), path).toMatchObject({
        code: expect.stringMatching(/invalid|not-found/) as string,
      });
    }
    expect(await failure(git.find(repository, sha, 'nope'))).toMatchObject({ code: 'not-found' });
  });

  it('refuse links that leave the repository or go in circles', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', {
      out: { symlink: '../../etc' },
      abs: { symlink: '/etc' },
      loop: { symlink: 'pool' },
      pool: { symlink: 'loop' },
    });
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, sha);
    for (const path of ['out', 'abs', 'loop', 'out/passwd']) {
      expect(await failure(git.find(repository, sha, path)), path).toMatchObject({ code: 'invalid' });
    }
  });
});
