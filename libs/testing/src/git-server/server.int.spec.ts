import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { privateFolder, type PrivateFolder } from '../processes/index.ts';
import { startGitServer, type GitServer, type GitServerOptions } from './index.ts';

let folder: PrivateFolder;
let runner: ProcessRunner;
let server: GitServer | undefined;

beforeEach(async () => {
  folder = await privateFolder('git-spec');
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'runs') });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await runner.close();
  await folder.remove();
});

async function start(options: GitServerOptions = {}): Promise<GitServer> {
  server = await startGitServer(options);
  return server;
}

async function git(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await runner.run({
    program: 'git',
    args,
    env: { GIT_TERMINAL_PROMPT: '0', ...env },
    cwd: folder.path,
    timeoutMs: 20_000,
  });
  return Buffer.from(stdout).toString().trim();
}

describe('a git server', () => {
  it('serves commits, tags, branches and removals over http', async () => {
    const running = await start();
    const first = await running.createRepo('team/demo', { 'a.yaml': 'a: 1\n', 'dir/ü b.yaml': 'b' });
    const second = await running.commit(
      'team/demo',
      { 'a.yaml': null, 'run.sh': { executable: 'x' }, link: { symlink: 'run.sh' } },
      'Second',
    );
    await running.tag('team/demo', 'v1.0.0', first, 'the first');
    await running.branch('team/demo', 'stable', first);
    const refs = await git(['ls-remote', running.url('team/demo')]);
    expect(refs).toContain(`${second}\tHEAD`);
    expect(refs).toContain(`${first}\trefs/heads/stable`);
    expect(refs).toContain(`${first}\trefs/tags/v1.0.0^{}`);
    await git(['clone', '--quiet', running.url('team/demo').replace('.git', ''), 'clone']);
    expect((await git(['-C', 'clone', 'ls-files', '-z'])).split('\0').sort()).toEqual(
      ['', 'dir/ü b.yaml', 'link', 'run.sh'].sort(),
    );
    expect(running.requests.count({ kind: 'ls-remote', repository: 'team/demo' })).toBe(2);
    expect(running.requests.count({ kind: 'fetch', repository: 'team/demo' })).toBe(1);
  });

  it('takes pushes', async () => {
    const running = await start();
    await running.createRepo('demo', { a: '1' });
    await git(['clone', '--quiet', running.url('demo'), 'work']);
    await writeFile(join(folder.path, 'work', 'b'), '2');
    await git(['-C', 'work', 'add', '.']);
    await git(['-C', 'work', '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'Push']);
    await git(['-C', 'work', 'push', '--quiet']);
    const local = await git(['-C', 'work', 'rev-parse', 'HEAD']);
    expect(await git(['ls-remote', running.url('demo'), 'HEAD'])).toContain(local);
  });

  it('asks for a login', async () => {
    const running = await start({ auth: { username: 'me', password: 'pw' }, token: 'tok' });
    await running.createRepo('demo', { a: '1' });
    await expect(git(['ls-remote', running.url('demo')])).rejects.toThrow(/Authentication|Username/);
    const url = new URL(running.url('demo'));
    url.username = 'me';
    url.password = 'pw';
    expect(await git(['ls-remote', url.href])).toContain('HEAD');
    const bearer = ['-c', 'http.extraHeader=Authorization: Bearer tok'];
    expect(await git([...bearer, 'ls-remote', running.url('demo')])).toContain('HEAD');
  });

  it('serves TLS with its own authority and asks for client certificates', async () => {
    const running = await start({ tls: true, clientCertificate: true });
    await running.createRepo('demo', { a: '1' });
    const file = async (name: string, text = ''): Promise<string> => {
      await writeFile(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const ca = { GIT_SSL_CAINFO: await file('ca.pem', running.caPem) };
    await expect(git(['ls-remote', running.url('demo')])).rejects.toThrow(/certificate/);
    await expect(git(['ls-remote', running.url('demo')], ca)).rejects.toThrow();
    const env = {
      ...ca,
      GIT_SSL_CERT: await file('cert.pem', running.clientIdentity?.certPem),
      GIT_SSL_KEY: await file('key.pem', running.clientIdentity?.keyPem),
    };
    expect(await git(['ls-remote', running.url('demo')], env)).toContain('HEAD');
  });

  it('serves ssh', async () => {
    const running = await start({ ssh: true });
    await running.createRepo('demo', { a: '1' });
    await writeFile(join(folder.path, 'key'), running.ssh?.privateKey ?? '', { mode: 0o600 });
    await writeFile(join(folder.path, 'known'), running.ssh?.knownHosts ?? '');
    const GIT_SSH_COMMAND = [
      `ssh -F none -i '${join(folder.path, 'key')}' -o IdentitiesOnly=yes -o BatchMode=yes`,
      `-o UserKnownHostsFile='${join(folder.path, 'known')}' -o StrictHostKeyChecking=yes`,
    ].join(' ');
    expect(await git(['ls-remote', running.sshUrl('demo')], { GIT_SSH_COMMAND })).toContain('HEAD');
  });

  it('misbehaves on demand, then behaves again', async () => {
    const running = await start();
    await running.createRepo('demo', { a: 'x'.repeat(100_000) });
    const clone = (): Promise<string> => git(['clone', '--quiet', running.url('demo'), `c${Date.now()}`]);
    running.fault('demo', { kind: 'status', status: 503 });
    await expect(clone()).rejects.toThrow(/503/);
    running.fault('demo', { kind: 'cut', afterBytes: 60 });
    await expect(clone()).rejects.toThrow();
    running.fault('demo', { kind: 'garbage', fromByte: 60 });
    await expect(clone()).rejects.toThrow();
    running.fault('demo', { kind: 'hang' });
    const hanging = runner.run({ program: 'git', args: ['ls-remote', running.url('demo')], timeoutMs: 500 });
    await expect(hanging).rejects.toMatchObject({ code: 'deadline' });
    running.fault('demo', undefined);
    await clone();
  });
});
