import { describe, expect, it } from 'vitest';
import { GitStage, failure, readFiles, repo, text } from './testing/git-stage.ts';

const stage = new GitStage();

describe('logins', () => {
  it.each([
    ['basic', { auth: { username: 'me', password: 'p@ss:w' } }, { username: 'me', password: 'p@ss:w' }, {}],
    ['token', { token: 'tok' }, { bearerToken: 'tok' }, { bearerToken: 'other' }],
  ] as const)('%s over http', async (_name, accepted, login, wrong) => {
    const server = await stage.serve(accepted);
    const sha = await server.createRepo('demo', { 'a.yaml': 'a: 1' });
    const git = await stage.adapter();
    expect((await git.refs(repo(server.url('demo'), login), 0)).head).toBe(sha);
    expect(await readFiles(git, repo(server.url('demo'), login), sha)).toEqual({ 'a.yaml': 'a: 1' });
    const refused = await failure(git.refs(repo(server.url('demo'), wrong), 0));
    expect(refused.code).toBe('unauthenticated');
  });

  it('does not hand out what another login fetched', async () => {
    const server = await stage.serve({ auth: { username: 'me', password: 'right' } });
    const sha = await server.createRepo('demo', { a: '1' });
    const git = await stage.adapter();
    await git.fetch(repo(server.url('demo'), { username: 'me', password: 'right' }), sha);
    const refused = await failure(
      git.fetch(repo(server.url('demo'), { username: 'me', password: 'x' }), sha),
    );
    expect(refused).toMatchObject({ code: 'unauthenticated' });
  });

  it('TLS with an authority of its own, a client certificate, or unverified', async () => {
    const server = await stage.serve({ tls: true, clientCertificate: true });
    const sha = await server.createRepo('demo', { a: '1' });
    const { clientIdentity, caPem } = server;
    const client = {
      tlsClientCertData: clientIdentity?.certPem ?? '',
      tlsClientCertKey: clientIdentity?.keyPem ?? '',
    };
    const git = await stage.adapter();
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
    const server = await stage.serve({ ssh: true });
    const sha = await server.createRepo('demo', { a: '1' });
    const { ssh } = server;
    const git = await stage.adapter();
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
    const server = await stage.serve({ auth: { username: 'me', password: 'right' } });
    const git = await stage.adapter();
    const error = await failure(
      git.refs(repo(server.url('none'), { username: 'me', password: 'sEcret77' }), 0),
    );
    expect(JSON.stringify([error.message, String((error.cause as Error | undefined)?.message)])).not.toMatch(
      /sEcret77|bWU6c0VjcmV0Nzc=/,
    );
    expect(await grep(git.directory, 'sEcret77')).toBe('');
  });

  it('does not follow a redirect with a login', async () => {
    const trap = await stage.serve();
    await trap.createRepo('demo', { a: '1' });
    const server = await stage.serve({ auth: { username: 'me', password: 'right' } });
    await server.createRepo('demo', { a: '1' });
    server.fault('demo', { kind: 'redirect', to: trap.baseUrl });
    const git = await stage.adapter();
    const login = { username: 'me', password: 'right' };
    const error = await failure(git.refs(repo(server.url('demo'), login), 0));
    expect(error.message).toContain('redirect');
    expect(trap.requests.all()).toEqual([]);
  });

  it('keeps a login off plain http to another machine', async () => {
    const git = await stage.adapter();
    const error = await failure(
      git.refs(repo('http://git.example.com/x', { username: 'a', password: 'b' }), 0),
    );
    expect(error).toMatchObject({ code: 'failed-precondition' });
  });
});

async function grep(directory: string, needle: string): Promise<string> {
  const script = 'grep -rl -- "$1" "$2" || true';
  const { stdout } = await stage.runner.run({ program: 'sh', args: ['-c', script, '-', needle, directory] });
  return text(stdout);
}
