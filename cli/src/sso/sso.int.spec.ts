import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIdentityProvider } from '@tiphys/testing/identity-provider';
import type { TestIdentityProvider } from '@tiphys/testing/identity-provider';
import { createAuthority } from '@tiphys/testing/pki';
import { freePorts } from '@tiphys/testing/processes';
import { FixtureServer } from '../testing/fixture-server.ts';
import { Cli, type Outcome } from '../testing/run-cli.ts';

const authority = createAuthority('Test CA');
let provider: TestIdentityProvider;
let server: FixtureServer;
let cli: Cli;
let port: number;
let connectors: readonly object[] = [];
let hasOidc = true;

beforeAll(async () => {
  [port] = (await freePorts(1)) as [number];
  const redirectUris = [`http://localhost:${String(port)}/auth/callback`];
  provider = await startIdentityProvider({
    tls: authority.issue({ commonName: 'provider', hosts: ['127.0.0.1'], usage: 'server' }),
    clients: [
      { id: 'cli', redirectUris, refreshTokens: true },
      { id: 'argo-cd-cli', redirectUris },
    ],
    users: [{ name: 'ann', groups: ['devs'] }],
  });
  const oidcConfig = { issuer: provider.issuer, clientID: 'web', cliClientID: 'cli' };
  server = await FixtureServer.start(({ path }) => {
    if (path === '/api/version') return { body: { Version: 'v3.5.1' } };
    if (path === '/auth/logout') return { status: 303, headers: { location: '/' } };
    if (path !== '/api/v1/settings') return { body: { loggedIn: true, username: 'ann' } };
    return { body: { url: provider.issuer, ...(hasOidc ? { oidcConfig } : {}), dexConfig: { connectors } } };
  });
});

beforeEach(async () => {
  cli = await Cli.create();
  await writeFile(join(cli.home, 'ca.pem'), authority.certPem);
  hasOidc = true;
  connectors = [];
});

afterEach(() => cli.remove());

afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});

type Browse = (url: string) => Promise<unknown>;

/** A browser in which a user logs in and comes back. */
const asUser =
  (user: string): Browse =>
  async (url) =>
    fetch(await provider.logIn(url, user));

/** Runs a command that logs in with the browser. */
async function withBrowser(args: readonly string[], browse: Browse): Promise<Outcome> {
  let browsing: Promise<unknown> | undefined;
  const sso = ['--sso-launch-browser=false', '--sso-port', String(port)];
  const trust = ['--server-crt', join(cli.home, 'ca.pem')];
  const outcome = await cli.run([...args, ...sso, ...trust], {
    onOutput: (text) => {
      const url = /Open this address to log in: (\S+)\n/.exec(text)?.[1];
      if (url !== undefined) browsing ??= browse(url);
    },
  });
  await browsing;
  return outcome;
}

const login = (browse: Browse): Promise<Outcome> =>
  withBrowser(['login', server.address, '--plaintext', '--sso', '--name', 'ctx'], browse);

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

const stored = async (key: string): Promise<string> =>
  new RegExp(`${key}: (\\S+)`).exec(await readFile(cli.configFile, 'utf8'))?.[1] ?? '';

const store = async (key: string, value: string): Promise<void> => {
  const text = await readFile(cli.configFile, 'utf8');
  await writeFile(cli.configFile, text.replace(new RegExp(`${key}: \\S+`), `${key}: ${value}`), {
    mode: 0o600,
  });
};

describe('a login with the browser', () => {
  it('remembers the token and the refresh token', async () => {
    const outcome = await login(asUser('ann'));
    expect(outcome, outcome.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain("'ann@example.com' logged in successfully\nContext 'ctx' updated\n");
    expect(outcome.stdout).toContain('code_challenge_method=S256');
    expect(claimsOf(await stored('auth-token'))).toMatchObject({ sub: 'ann', aud: 'cli', groups: ['devs'] });
    expect(await stored('refresh-token')).toMatch(/\S{20}/);
  });

  it('works through Dex', async () => {
    hasOidc = false;
    connectors = [{ name: 'GitHub', type: 'github' }];
    const issuer = `https://${provider.address}/api/dex`;
    const before = provider.issuer;
    provider.change({ issuer });
    const fixture = await FixtureServer.start(({ path }) =>
      path === '/api/version'
        ? { body: {} }
        : { body: { url: `https://${provider.address}/`, dexConfig: { connectors } } },
    );
    try {
      const outcome = await withBrowser(['login', fixture.address, '--plaintext', '--sso'], asUser('ann'));
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      expect(claimsOf(await stored('auth-token'))).toMatchObject({ iss: issuer, aud: 'argo-cd-cli' });
    } finally {
      provider.change({ issuer: before });
      await fixture.stop();
    }
  });

  it('takes no answer to another login, and shows no text of others', async () => {
    const outcome = await login(async (url) => {
      const back = `http://localhost:${String(port)}/auth/callback`;
      const state = new URL(url).searchParams.get('state') ?? '';
      expect((await fetch(`${back}?code=stolen&state=other`)).status).toBe(404);
      expect((await fetch(back.replace('/callback', '/other'))).status).toBe(404);
      const evil = encodeURIComponent('\u001b[31m<b>call-the-attacker</b>');
      const answer = await fetch(`${back}?error=${evil}&error_description=${evil}&state=${state}`);
      expect(await answer.text()).not.toContain('attacker');
    });
    expect(outcome.code).toBe(20);
    expect(outcome.stderr).not.toMatch(/attacker|\u001b\[31m<b>/);
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const args = ['login', server.address, '--plaintext', '--sso', '--sso-port', String(port)];
    const outcome = await cli.run([...args, '--sso-launch-browser=false']);
    expect(outcome.code).toBe(20);
    expect(outcome.stderr).toContain(`The identity provider ${provider.issuer} cannot be used`);
  });

  it('says so where the server has none', async () => {
    hasOidc = false;
    const outcome = await cli.run(['login', server.address, '--plaintext', '--sso']);
    expect(outcome.stderr).toContain('no logins by an identity provider');
  });
});

describe('a session that began with the browser', () => {
  it('is renewed when its token has ended', async () => {
    await login(asUser('ann'));
    const ended = await provider.sign({ sub: 'ann', aud: 'cli', exp: 1_000 });
    const before = await stored('refresh-token');
    await store('auth-token', ended);
    const outcome = await cli.run(['account', 'get-user-info', '--server-crt', join(cli.home, 'ca.pem')]);
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const token = await stored('auth-token');
    expect(token).not.toBe(ended);
    expect(claimsOf(token)).toMatchObject({ sub: 'ann' });
    expect(await stored('refresh-token')).not.toBe('');
    expect(before).not.toBe('');
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('is begun again by relogin, and ended by logout', async () => {
    await login(asUser('ann'));
    await store('auth-token', await provider.sign({ sub: 'ann', aud: 'cli', exp: 1_000 }));
    const again = await withBrowser(['relogin'], asUser('ann'));
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("Context 'ctx' updated\n");
    const token = await stored('auth-token');
    expect(claimsOf(token)['exp']).toBeGreaterThan(Date.now() / 1_000);
    const out = await cli.run(['logout', 'ctx']);
    expect(out, out.stderr).toMatchObject({ code: 0 });
    expect(server.asked('POST', '/auth/logout').at(-1)?.headers.cookie).toBe(`argocd.token=${token}`);
    expect(await readFile(cli.configFile, 'utf8')).not.toMatch(/auth-token|refresh-token/);
  });
});
