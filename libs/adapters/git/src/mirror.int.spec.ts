import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poll } from '@tiphys/testing/processes';
import { GitStage, failure, readFiles, repo, text } from './testing/git-stage.ts';

const stage = new GitStage();

describe('remotes that misbehave', () => {
  it.each([
    ['status', { kind: 'status', status: 503 }, 'unavailable'],
    ['missing', { kind: 'status', status: 404 }, 'not-found'],
    ['forbidden', { kind: 'status', status: 403 }, 'permission-denied'],
    ['login', { kind: 'status', status: 401 }, 'unauthenticated'],
  ] as const)('%s', async (_name, fault, code) => {
    const server = await stage.serve();
    await server.createRepo('demo', { a: '1' });
    server.fault('demo', fault);
    const git = await stage.adapter();
    const error = await failure(git.refs(repo(server.url('demo')), 0));
    expect(error).toMatchObject({ code, message: expect.stringContaining('/demo.git') as string });
    expect(error.message).not.toContain(stage.folder);
  });

  it('a cut or garbled pack leaves nothing that stops the next fetch', async () => {
    const server = await stage.serve();
    const noise = Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(Math.random() * 256)));
    const sha = await server.createRepo('demo', { big: noise });
    const git = await stage.adapter();
    const repository = repo(server.url('demo'));
    for (const fault of [
      { kind: 'cut', afterBytes: 5_000 },
      { kind: 'garbage', fromByte: 5_000 },
    ] as const) {
      server.fault('demo', fault);
      expect(await failure(git.fetch(repository, sha))).toMatchObject({ code: 'unavailable' });
    }
    server.fault('demo', undefined);
    expect(Object.keys(await readFiles(git, repository, sha))).toEqual(['big']);
  });

  it('one that hangs is given up at the deadline, and works again afterwards', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await stage.adapter({ timeoutMs: 1_500 });
    const repository = repo(server.url('demo'));
    server.fault('demo', { kind: 'hang' });
    expect(await failure(git.refs(repository, 0))).toMatchObject({ code: 'deadline' });
    expect(await failure(git.fetch(repository, sha))).toMatchObject({ code: 'deadline' });
    server.fault('demo', undefined);
    expect(await readFiles(git, repository, sha)).toEqual({ a: '1' });
  });

  it('nobody there', async () => {
    const server = await stage.serve();
    const url = server.url('demo');
    await server.close();
    const git = await stage.adapter();
    expect(await failure(git.refs(repo(url), 0))).toMatchObject({ code: 'unavailable' });
  });

  it('a commit that is not there', async () => {
    const server = await stage.serve();
    await server.createRepo('demo', { a: '1' });
    const git = await stage.adapter();
    const error = await failure(git.fetch(repo(server.url('demo')), 'a'.repeat(40)));
    expect(error).toMatchObject({ code: 'not-found' });
  });
});

describe('the mirror', () => {
  it('is taken over by the next process', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const repository = repo(server.url('demo'));
    const before = await stage.adapter();
    await before.fetch(repository, sha);
    await before.close();
    const leftovers = ['logins/login-x/identity', 'mirrors/new-x/HEAD'];
    for (const path of leftovers) {
      await mkdir(dirname(join(before.directory, path)), { recursive: true });
      await writeFile(join(before.directory, path), 'left by a kill');
    }
    server.fault('demo', { kind: 'status', status: 503 });
    const after = await stage.adapter({ directory: before.directory });
    expect(await readFiles(after, repository, sha)).toEqual({ a: '1' });
    expect(await readdir(join(before.directory, 'logins'))).toEqual([]);
    expect((await readdir(join(before.directory, 'mirrors'))).length).toBe(1);
  });

  it('heals after it was damaged', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', { 'a.yaml': '1', 'b/c.yaml': '2' });
    const repository = repo(server.url('demo'));
    const git = await stage.adapter();
    await git.fetch(repository, sha);
    const mirrors = join(git.directory, 'mirrors');
    const { stdout } = await stage.runner.run({ program: 'sh', args: ['-c', `ls -d ${mirrors}/*/objects`] });
    await rm(text(stdout).trim(), { recursive: true });
    await mkdir(text(stdout).trim());
    expect(await failure(git.find(repository, sha, 'b'))).toMatchObject({ code: 'unavailable' });
    expect(await readFiles(git, repository, sha)).toEqual({ 'a.yaml': '1', 'b/c.yaml': '2' });
  });

  it('replaces a reading process that died', async () => {
    const server = await stage.serve();
    const sha = await server.createRepo('demo', { a: '1', b: '2' });
    const repository = repo(server.url('demo'));
    const git = await stage.adapter();
    await git.fetch(repository, sha);
    const tree = await git.listTree(repository, (await git.find(repository, sha, '')).id);
    const { stdout } = await stage.runner.run({
      program: 'sh',
      args: ['-c', `pgrep -f 'git-dir ${git.directory}/.*cat-file'`],
    });
    process.kill(Number(text(stdout).trim().split('\n')[0]), 'SIGKILL');
    const [content] = await git.readBlobs(repository, [tree[1]?.id ?? '']);
    expect(text(content)).toBe('2');
  });

  it('keeps the commits that were wanted last, while they are being read', async () => {
    const server = await stage.serve();
    const first = await server.createRepo('demo', { 'a.yaml': 'v0', same: 'same' });
    const repository = repo(server.url('demo'));
    const git = await stage.adapter({ keptCommits: 3 });
    await git.fetch(repository, first);
    for (let version = 1; version <= 8; version += 1) {
      const sha = await server.commit('demo', { 'a.yaml': `v${version}` }, `Version ${version}`);
      const files = await Promise.all([1, 2, 3].map(() => readFiles(git, repository, sha)));
      expect(files).toEqual(files.map(() => ({ 'a.yaml': `v${version}`, same: 'same' })));
    }
    const { stdout } = await stage.runner.run({
      program: 'sh',
      args: ['-c', `git --git-dir ${git.directory}/mirrors/* for-each-ref | wc -l`],
    });
    expect(Number(text(stdout))).toBeLessThan(6);
    expect(await readFiles(git, repository, first)).toEqual({ 'a.yaml': 'v0', same: 'same' });
  });

  it('of the repository that was used longest ago goes when there are too many', async () => {
    const server = await stage.serve();
    const git = await stage.adapter({ mirrors: 2 });
    const shas: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      shas.push(await server.createRepo(name, { name }));
      await git.fetch(repo(server.url(name)), shas.at(-1) ?? '');
    }
    await poll(async () => (await readdir(join(git.directory, 'mirrors'))).length === 2, {
      what: 'one mirror is gone',
    });
    expect(await readFiles(git, repo(server.url('one')), shas[0] ?? '')).toEqual({ name: 'one' });
  });
});
