import { mkdir, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import type { Repository } from '@tiphys/model';
import { startGitServer, type GitServer, type GitServerOptions } from '@tiphys/testing/git-server';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { createGitSource, type GitAdapter, type GitRequestEvent } from './index.ts';

let folder: PrivateFolder;
let runner: ProcessRunner;
const cleanups: (() => Promise<void>)[] = [];
let serial = 0;

beforeAll(async () => {
  folder = await privateFolder('git-adapter');
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'runs') });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(async () => {
  await runner.close();
  await folder.remove();
});

/** Picks the highest plain version; the ranges themselves are the Go runtime's business. */
const versions = {
  maxSatisfying: (_range: string, candidates: readonly string[]): Promise<string | undefined> =>
    Promise.resolve(
      [...candidates]
        .filter((name) => /^\d/.test(name))
        .sort()
        .at(-1),
    ),
};

async function serve(options: GitServerOptions = {}): Promise<GitServer> {
  const server = await startGitServer(options);
  cleanups.push(() => server.close());
  return server;
}

async function adapter(
  options: { directory?: string; timeoutMs?: number; keptCommits?: number; mirrors?: number } = {},
): Promise<GitAdapter & { events: GitRequestEvent[]; directory: string }> {
  const directory = options.directory ?? join(folder.path, `work-${(serial += 1)}`);
  const events: GitRequestEvent[] = [];
  const git = await createGitSource({
    runner,
    directory,
    versions,
    refsTimeoutMs: options.timeoutMs ?? 20_000,
    fetchTimeoutMs: options.timeoutMs ?? 20_000,
    onRequest: (event) => events.push(event),
    ...(options.keptCommits === undefined ? {} : { keptCommits: options.keptCommits }),
    ...(options.mirrors === undefined ? {} : { mirrors: options.mirrors }),
  });
  cleanups.push(() => git.close());
  return Object.assign(git, { events, directory });
}

const repo = (url: string, rest: Partial<Repository> = {}): Repository => ({ url, type: 'git', ...rest });
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const failure = (run: Promise<unknown>): Promise<Error & { code?: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  );

async function readFiles(
  git: GitAdapter,
  repository: Repository,
  sha: string,
): Promise<Record<string, string>> {
  await git.fetch(repository, sha);
  const entries = await git.listTree(repository, (await git.find(repository, sha, '.')).id);
  const files = entries.filter((entry) => entry.mode !== 'directory');
  const contents = await git.readBlobs(
    repository,
    files.map((file) => file.id),
  );
  return Object.fromEntries(files.map((file, index) => [file.path, text(contents[index])]));
}

describe('logins', () => {
  it.each([
    ['basic', { auth: { username: 'me', password: 'p@ss:w' } }, { username: 'me', password: 'p@ss:w' }, {}],
    ['token', { token: 'tok' }, { bearerToken: 'tok' }, { bearerToken: 'other' }],
  ] as const)('%s over http', async (_name, accepted, login, wrong) => {
    const server = await serve(accepted);
    const sha = await server.createRepo('demo', { 'a.yaml': 'a: 1' });
    const git = await adapter();
    expect((await git.refs(repo(server.url('demo'), login), 0)).head).toBe(sha);
    expect(await readFiles(git, repo(server.url('demo'), login), sha)).toEqual({ 'a.yaml': 'a: 1' });
    const refused = await failure(git.refs(repo(server.url('demo'), wrong), 0));
    expect(refused.code).toBe('unauthenticated');
  });

  it('does not hand out what another login fetched', async () => {
    const server = await serve({ auth: { username: 'me', password: 'right' } });
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await adapter();
    await git.fetch(repo(server.url('demo'), { username: 'me', password: 'right' }), sha);
    const refused = await failure(
      git.fetch(repo(server.url('demo'), { username: 'me', password: 'x' }), sha),
    );
    expect(refused).toMatchObject({ code: 'unauthenticated' });
  });

  it('TLS with an authority of its own, a client certificate, or unverified', async () => {
    const server = await serve({ tls: true, clientCertificate: true });
    const sha = await server.createRepo('demo', { a: '1' });
    const { clientIdentity, caPem } = server;
    const client = {
      tlsClientCertData: clientIdentity?.certPem ?? '',
      tlsClientCertKey: clientIdentity?.keyPem ?? '',
    };
    const git = await adapter();
    const url = server.url('demo');
    expect((await git.refs(repo(url, { ...client, caPem: caPem ?? '' }), 0)).head).toBe(sha);
    expect((await git.refs(repo(url, { ...client, insecure: true }), 0)).head).toBe(sha);
    expect(await failure(git.refs(repo(url, client), 0))).toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('argocd-tls-certs-cm') as string,
    });
    const without = await failure(git.refs(repo(url, { caPem: caPem ?? '' }), 0));
    expect(without.code, without.message).toMatch(/unauthenticated|failed-precondition|unavailable/);
  });

  it('ssh with a key and a known host', async () => {
    const server = await serve({ ssh: true });
    const sha = await server.createRepo('demo', { a: '1' });
    const { ssh } = server;
    const git = await adapter();
    const login = { sshPrivateKey: ssh?.privateKey ?? '', knownHosts: ssh?.knownHosts ?? '' };
    const url = server.sshUrl('demo');
    expect((await git.refs(repo(url, login), 0)).head).toBe(sha);
    expect(await readFiles(git, repo(url, login), sha)).toEqual({ a: '1' });
    const stranger = await failure(
      git.refs(repo(url, { ...login, sshPrivateKey: ssh?.strangerKey ?? '' }), 0),
    );
    expect(stranger).toMatchObject({ code: 'unauthenticated' });
    const unknownHost = await failure(git.refs(repo(url, { sshPrivateKey: login.sshPrivateKey }), 0));
    expect(unknownHost.message).toContain('argocd-ssh-known-hosts-cm');
  });

  it('leaves no login on disk and shows none in errors', async () => {
    const server = await serve({ auth: { username: 'me', password: 'right' } });
    const git = await adapter();
    const error = await failure(
      git.refs(repo(server.url('none'), { username: 'me', password: 'sEcret77' }), 0),
    );
    expect(JSON.stringify([error.message, String((error.cause as Error | undefined)?.message)])).not.toMatch(
      /sEcret77|bWU6c0VjcmV0Nzc=/,
    );
    expect(await grep(git.directory, 'sEcret77')).toBe('');
  });

  it('does not follow a redirect with a login', async () => {
    const trap = await serve();
    await trap.createRepo('demo', { a: '1' });
    const server = await serve({ auth: { username: 'me', password: 'right' } });
    await server.createRepo('demo', { a: '1' });
    server.fault('demo', { kind: 'redirect', to: trap.baseUrl });
    const git = await adapter();
    const login = { username: 'me', password: 'right' };
    const error = await failure(git.refs(repo(server.url('demo'), login), 0));
    expect(error.message).toContain('redirect');
    expect(trap.requests.all()).toEqual([]);
  });

  it('keeps a login off plain http to another machine', async () => {
    const git = await adapter();
    const error = await failure(
      git.refs(repo('http://git.example.com/x', { username: 'a', password: 'b' }), 0),
    );
    expect(error).toMatchObject({ code: 'failed-precondition' });
  });
});

async function grep(directory: string, needle: string): Promise<string> {
  const script = 'grep -rl -- "$1" "$2" || true';
  const { stdout } = await runner.run({ program: 'sh', args: ['-c', script, '-', needle, directory] });
  return text(stdout);
}

describe('revisions', () => {
  it('resolve branches, tags, HEAD, SHAs, full names and ranges', async () => {
    const server = await serve();
    const first = await server.createRepo('demo', { a: '1' });
    const second = await server.commit('demo', { a: '2' }, 'Second');
    const side = await server.commit('demo', { a: '3' }, 'Third', { branch: 'team/side' });
    await server.tag('demo', '1.2.0', first, 'annotated');
    await server.tag('demo', 'app-1.0.0', second);
    const git = await adapter();
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
    const server = await serve();
    const first = await server.createRepo('demo', { a: '1' });
    await server.commit('demo', { a: '2' }, 'Second');
    const git = await adapter();
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
    const server = await serve();
    await server.createRepo('demo');
    const git = await adapter();
    const error = await failure(git.resolve(repo(server.url('demo')), { revision: '', maxAgeMs: 0 }));
    expect(error).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('is empty') as string,
    });
  });
});

describe('sharing', () => {
  it('asks once for many callers, and anew for one who insists', async () => {
    const server = await serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await adapter();
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
    const server = await serve();
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, app) =>
        Array.from({ length: 3 }, (_, file) => [
          `apps/app-${app}/${file}.yaml`,
          `app: ${app}\nfile: ${file}\n`,
        ]),
      ).flat() as [string, string][],
    );
    const sha = await server.createRepo('mono', files);
    const git = await adapter();
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
    const server = await serve();
    const noise = Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(Math.random() * 256)));
    const first = await server.createRepo('demo', { big: noise, a: '1' });
    const git = await adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, first);
    const second = await server.commit('demo', { a: '2' }, 'Second');
    server.fault('demo', { kind: 'cut', afterBytes: 100_000 });
    expect(await readFiles(git, repository, second)).toMatchObject({ a: '2' });
  });
});

describe('trees', () => {
  it('export with links, modes and odd names', async () => {
    const server = await serve();
    const sha = await server.createRepo('demo', {
      'app/ü b\n.yaml': 'x',
      'app/run.sh': { executable: '#!/bin/sh' },
      'app/link': { symlink: '../other/y' },
      'app/sub': { submodule: '0123456789012345678901234567890123456789' },
      'other/y': 'why',
      alias: { symlink: 'app' },
    });
    const git = await adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, sha);
    const target = join(folder.path, 'export');
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
    const server = await serve();
    const sha = await server.createRepo('demo', {
      out: { symlink: '../../etc' },
      abs: { symlink: '/etc' },
      loop: { symlink: 'pool' },
      pool: { symlink: 'loop' },
    });
    const git = await adapter();
    const repository = repo(server.url('demo'));
    await git.fetch(repository, sha);
    for (const path of ['out', 'abs', 'loop', 'out/passwd']) {
      expect(await failure(git.find(repository, sha, path)), path).toMatchObject({ code: 'invalid' });
    }
  });
});

describe('remotes that misbehave', () => {
  it.each([
    ['status', { kind: 'status', status: 503 }, 'unavailable'],
    ['missing', { kind: 'status', status: 404 }, 'not-found'],
    ['forbidden', { kind: 'status', status: 403 }, 'permission-denied'],
    ['login', { kind: 'status', status: 401 }, 'unauthenticated'],
  ] as const)('%s', async (_name, fault, code) => {
    const server = await serve();
    await server.createRepo('demo', { a: '1' });
    server.fault('demo', fault);
    const git = await adapter();
    const error = await failure(git.refs(repo(server.url('demo')), 0));
    expect(error).toMatchObject({ code, message: expect.stringContaining('/demo.git') as string });
    expect(error.message).not.toContain(folder.path);
  });

  it('a cut or garbled pack leaves nothing that stops the next fetch', async () => {
    const server = await serve();
    const noise = Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(Math.random() * 256)));
    const sha = await server.createRepo('demo', { big: noise });
    const git = await adapter();
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
    const server = await serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await adapter({ timeoutMs: 1_500 });
    const repository = repo(server.url('demo'));
    server.fault('demo', { kind: 'hang' });
    expect(await failure(git.refs(repository, 0))).toMatchObject({ code: 'deadline' });
    expect(await failure(git.fetch(repository, sha))).toMatchObject({ code: 'deadline' });
    server.fault('demo', undefined);
    expect(await readFiles(git, repository, sha)).toEqual({ a: '1' });
  });

  it('nobody there', async () => {
    const server = await serve();
    const url = server.url('demo');
    await server.close();
    const git = await adapter();
    expect(await failure(git.refs(repo(url), 0))).toMatchObject({ code: 'unavailable' });
  });

  it('a commit that is not there', async () => {
    const server = await serve();
    await server.createRepo('demo', { a: '1' });
    const git = await adapter();
    const error = await failure(git.fetch(repo(server.url('demo')), 'a'.repeat(40)));
    expect(error).toMatchObject({ code: 'not-found' });
  });
});

describe('the mirror', () => {
  it('is taken over by the next process', async () => {
    const server = await serve();
    const sha = await server.createRepo('demo', { a: '1' });
    const repository = repo(server.url('demo'));
    const before = await adapter();
    await before.fetch(repository, sha);
    await before.close();
    const leftovers = ['logins/login-x/identity', 'mirrors/new-x/HEAD'];
    for (const path of leftovers) {
      await mkdir(dirname(join(before.directory, path)), { recursive: true });
      await writeFile(join(before.directory, path), 'left by a kill');
    }
    server.fault('demo', { kind: 'status', status: 503 });
    const after = await adapter({ directory: before.directory });
    expect(await readFiles(after, repository, sha)).toEqual({ a: '1' });
    expect(await readdir(join(before.directory, 'logins'))).toEqual([]);
    expect((await readdir(join(before.directory, 'mirrors'))).length).toBe(1);
  });

  it('heals after it was damaged', async () => {
    const server = await serve();
    const sha = await server.createRepo('demo', { 'a.yaml': '1', 'b/c.yaml': '2' });
    const repository = repo(server.url('demo'));
    const git = await adapter();
    await git.fetch(repository, sha);
    const mirrors = join(git.directory, 'mirrors');
    const { stdout } = await runner.run({ program: 'sh', args: ['-c', `ls -d ${mirrors}/*/objects`] });
    await rm(text(stdout).trim(), { recursive: true });
    await mkdir(text(stdout).trim());
    expect(await failure(git.find(repository, sha, 'b'))).toMatchObject({ code: 'unavailable' });
    expect(await readFiles(git, repository, sha)).toEqual({ 'a.yaml': '1', 'b/c.yaml': '2' });
  });

  it('replaces a reading process that died', async () => {
    const server = await serve();
    const sha = await server.createRepo('demo', { a: '1', b: '2' });
    const repository = repo(server.url('demo'));
    const git = await adapter();
    await git.fetch(repository, sha);
    const tree = await git.listTree(repository, (await git.find(repository, sha, '')).id);
    const { stdout } = await runner.run({
      program: 'sh',
      args: ['-c', `pgrep -f 'git-dir ${git.directory}/.*cat-file'`],
    });
    process.kill(Number(text(stdout).trim().split('\n')[0]), 'SIGKILL');
    const [content] = await git.readBlobs(repository, [tree[1]?.id ?? '']);
    expect(text(content)).toBe('2');
  });

  it('keeps the commits that were wanted last, while they are being read', async () => {
    const server = await serve();
    const first = await server.createRepo('demo', { 'a.yaml': 'v0', same: 'same' });
    const repository = repo(server.url('demo'));
    const git = await adapter({ keptCommits: 3 });
    await git.fetch(repository, first);
    for (let version = 1; version <= 8; version += 1) {
      const sha = await server.commit('demo', { 'a.yaml': `v${version}` }, `Version ${version}`);
      const files = await Promise.all([1, 2, 3].map(() => readFiles(git, repository, sha)));
      expect(files).toEqual(files.map(() => ({ 'a.yaml': `v${version}`, same: 'same' })));
    }
    const { stdout } = await runner.run({
      program: 'sh',
      args: ['-c', `git --git-dir ${git.directory}/mirrors/* for-each-ref | wc -l`],
    });
    expect(Number(text(stdout))).toBeLessThan(6);
    expect(await readFiles(git, repository, first)).toEqual({ 'a.yaml': 'v0', same: 'same' });
  });

  it('of the repository that was used longest ago goes when there are too many', async () => {
    const server = await serve();
    const git = await adapter({ mirrors: 2 });
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
