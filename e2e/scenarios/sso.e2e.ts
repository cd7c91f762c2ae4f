import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '@tiphys/testing/browser';
import { givenTiphys, type World } from '@tiphys/testing/given';
import { startIdentityProvider, type TestIdentityProvider } from '@tiphys/testing/identity-provider';
import { createAuthority } from '@tiphys/testing/pki';
import { freePorts, poll, privateFolder, startProcess } from '@tiphys/testing/processes';

const PROGRAM = resolve(import.meta.dirname, '..', '..', 'dist', 'tiphys.js');
const SECRET = 'the-secret-of-the-web-client';

let tiphys: World & { readonly close: () => Promise<void> };
let provider: TestIdentityProvider;
let browser: TestBrowser;
let cliPort: number;
const authority = createAuthority('Company CA');

beforeAll(async () => {
  [cliPort] = (await freePorts(1)) as [number];
  [tiphys, browser, provider] = await Promise.all([
    givenTiphys(),
    launchBrowser(),
    startIdentityProvider({
      tls: authority.issue({ commonName: 'provider', hosts: ['127.0.0.1'], usage: 'server' }),
      clients: [{ id: 'none', redirectUris: ['https://127.0.0.1/unused'] }],
      users: [
        { name: 'ann', groups: ['operators'] },
        { name: 'bob', groups: ['guests'] },
      ],
    }),
  ]);
  const url = tiphys.system.apiUrl;
  provider.change({
    clients: [
      { id: 'web', secret: SECRET, redirectUris: [`${url}/auth/callback`] },
      { id: 'cli', redirectUris: [`http://localhost:${cliPort}/auth/callback`], refreshTokens: true },
    ],
  });
  await tiphys.secret('sso', { 'app.kubernetes.io/part-of': 'argocd' }, { web: SECRET });
  await tiphys.setting('argocd-rbac-cm', { 'policy.csv': 'g, operators, role:admin' });
  await tiphys.setting('argocd-cm', {
    url,
    'oidc.config': JSON.stringify({
      name: 'Company',
      issuer: provider.issuer,
      clientID: 'web',
      cliClientID: 'cli',
      clientSecret: '$sso:web',
      rootCA: authority.certPem,
    }),
  });
  await poll(
    async () => {
      const { body } = await tiphys.rest.send<{ oidcConfig?: object }>('GET', '/api/v1/settings');
      return body.oidcConfig;
    },
    { what: 'the api-server knows the provider', timeoutMs: 60_000 },
  );
});

afterAll(async () => {
  await browser?.close();
  await provider?.stop();
  await tiphys?.close();
});

interface UserInfo {
  readonly loggedIn?: boolean;
  readonly username?: string;
  readonly groups?: readonly string[];
}

/** A browser in which a user has logged in. */
async function loggedIn(user: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const { apiUrl } = tiphys.system;
  await page.goto(`${apiUrl}/auth/login?return_url=${encodeURIComponent(`${apiUrl}/applications`)}`);
  await fillIn(page, user);
  await page.waitForURL(`${apiUrl}/applications`);
  return { context, page };
}

async function fillIn(page: Page, user: string): Promise<void> {
  await page.getByLabel('Name').fill(user);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What a page of the installation gets from the API. */
const fetched = (page: Page, path: string): Promise<{ status: number; body: unknown }> =>
  page.evaluate(async (to) => {
    const response = await fetch(to);
    return { status: response.status, body: await response.json() };
  }, path);

describe('a user of the company', () => {
  it('Given a login at the identity provider, When the browser comes back, Then the API knows user and groups', async () => {
    const { context, page } = await loggedIn('ann');
    const { body } = await fetched(page, '/api/v1/session/userinfo');
    expect(body as UserInfo).toMatchObject({
      loggedIn: true,
      username: 'ann@example.com',
      groups: ['operators'],
    });
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'argocd.token');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', expires: -1 });
    await context.close();
  });

  it('Given rights of a group, When members and others ask, Then only members are let in', async () => {
    await tiphys.project('secret-plans', { sourceRepos: ['*'], destinations: [] });
    const ann = await loggedIn('ann');
    const bob = await loggedIn('bob');
    await expect
      .poll(async () => (await fetched(ann.page, '/api/v1/projects/secret-plans')).status)
      .toBe(200);
    const refused = await fetched(bob.page, '/api/v1/projects/secret-plans');
    expect(refused.status).toBe(403);
    expect(JSON.stringify((await fetched(bob.page, '/api/v1/projects')).body)).not.toContain('secret-plans');
    await Promise.all([ann.context.close(), bob.context.close()]);
  });

  it('Given a session, When the user logs out, Then its token does not count any more', async () => {
    const { context, page } = await loggedIn('ann');
    const cookies = await context.cookies();
    await page.goto(`${tiphys.system.apiUrl}/auth/logout`);
    await page.goto(`${tiphys.system.apiUrl}/applications`);
    expect((await fetched(page, '/api/v1/projects')).status).toBe(401);
    await context.addCookies(cookies);
    const again = await fetched(page, '/api/v1/projects');
    expect(again).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('revoked') as string },
    });
    await context.close();
  });

  it('Given the CLI, When the user logs in with the browser, Then commands run with the rights of the groups', async () => {
    const folder = await privateFolder('sso');
    const home = folder.path;
    const run = (name: string, args: readonly string[]): ReturnType<typeof startProcess> =>
      startProcess({
        name,
        program: process.execPath,
        args: [PROGRAM, ...args, '--insecure'],
        env: { HOME: home, PATH: '/usr/bin:/bin' },
        logFile: join(home, `${name}.log`),
      });
    const output = (name: string): Promise<string> => readFile(join(home, `${name}.log`), 'utf8');
    const { host, protocol } = new URL(tiphys.system.apiUrl);
    const plaintext = protocol === 'http:' ? ['--plaintext'] : [];
    const sso = ['--sso', '--sso-launch-browser=false', `--sso-port=${cliPort}`];
    const login = run('login', ['login', host, ...plaintext, ...sso]);
    const url = await poll(
      async () => /Open this address to log in: (\S+)\n/.exec(await output('login'))?.[1],
      { what: 'the CLI tells where to log in', timeoutMs: 30_000 },
    );
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await fillIn(page, 'ann');
    await page.getByText('You are logged in').waitFor();
    expect(await login.exited, await output('login')).toMatchObject({ code: 0 });
    expect(await output('login')).toContain("'ann@example.com' logged in successfully");

    const list = run('list', ['proj', 'list', '-o', 'name']);
    expect(await list.exited, await output('list')).toMatchObject({ code: 0 });
    expect(await output('list')).toContain('default');
    const out = run('logout', ['logout', host]);
    expect(await out.exited, await output('logout')).toMatchObject({ code: 0 });
    expect(await output('logout')).not.toContain('Warning');
    await context.close();
    await folder.remove();
  });
});
