import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { SsoStage, keep, pathIn } from './testing/stage.ts';

const WAIT = { timeout: 30_000 };
const log: string[] = [];
let redis: RedisServer;
let stage: SsoStage;

beforeAll(async () => {
  redis = await startRedis();
  stage = await SsoStage.start({
    redis,
    server: { log },
    users: [
      { name: 'ann', groups: ['devs'] },
      { name: 'bob', groups: ['others', 'role:admin', 'proj:default:ci'] },
      { name: 'admin', groups: ['devs'] },
      { name: 'big', groups: Array.from({ length: 600 }, (_, index) => `group-number-${index}`) },
      { name: 'huge', groups: Array.from({ length: 3_400 }, (_, index) => `group-number-${index}`) },
    ],
  });
  await stage.server.configure('argocd-rbac-cm', { 'policy.csv': 'g, devs, role:readonly' });
});

afterAll(async () => {
  await stage?.stop();
  await redis?.stop();
});

describe('a login by the browser', () => {
  it('ends where it began, with the rights of the groups', async () => {
    const to = `${stage.url}/applications?search=a%20b`;
    const { answer, cookies } = await stage.logIn('ann', `?return_url=${encodeURIComponent(to)}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, to]);
    const lines = answer.headers.getSetCookie();
    expect(lines.find((line) => line.startsWith('argocd.token='))).toMatch(
      /; path=\/; SameSite=lax; httpOnly$/,
    );
    expect(cookies.has('argocd.oauthstate')).toBe(false);
    expect(await stage.userInfo(cookies)).toEqual({
      loggedIn: true,
      username: 'ann@example.com',
      iss: stage.provider.issuer,
      groups: ['devs'],
    });
    expect((await stage.get('/api/v1/clusters', cookies)).text).toContain('kubernetes.default.svc');
    const bob = await stage.logIn('bob');
    expect((await stage.get('/api/v1/clusters', bob.cookies)).text).not.toContain('kubernetes.default.svc');
  });

  it('uses PKCE, a state and a nonce, and asks for the scopes and claims of the settings', async () => {
    await stage.configure({
      requestedIDTokenClaims: { groups: { essential: true } },
      requestedScopes: ['openid', 'groups'],
    });
    const { location, answer } = await stage.begin();
    const { searchParams } = new URL(location);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'web',
      response_type: 'code',
      redirect_uri: `${stage.url}/auth/callback`,
      scope: 'openid groups',
      code_challenge_method: 'S256',
      claims: '{"id_token":{"groups":{"essential":true}}}',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
      expect(answer.headers.get('set-cookie')).not.toContain(searchParams.get(name) ?? '');
    }
    expect(answer.headers.get('set-cookie')).toMatch(
      /^argocd.oauthstate=[\w-]+; path=\/; Max-Age=300; SameSite=lax; httpOnly$/,
    );
    const again = new URL((await stage.begin()).location).searchParams;
    expect(again.get('state')).not.toBe(searchParams.get('state'));
    await stage.configure();
  });

  it('splits a long token over cookies, and refuses one that no browser can hold', async () => {
    const { cookies } = await stage.logIn('big');
    expect([...cookies.keys()]).toEqual([
      'argocd.token',
      'argocd.token-1',
      'argocd.token-2',
      'argocd.token-3',
    ]);
    expect((await stage.userInfo(cookies))['groups']).toHaveLength(600);
    cookies.delete('argocd.token-1');
    expect((await stage.get('/api/v1/clusters', cookies)).status).toBe(401);
    const { answer } = await stage.logIn('huge');
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('token-too-long');
  });

  it('ends with a logout: the token is revoked and the provider is told', async () => {
    await stage.configure({
      logoutURL: `${stage.provider.issuer}/session/end?id_token_hint={{token}}&to={{logoutRedirectURL}}`,
    });
    const { cookies } = await stage.logIn('ann');
    const token = cookies.get('argocd.token') ?? '';
    const { status, headers } = await stage.get('/auth/logout', cookies);
    expect(status).toBe(303);
    const location = new URL(headers.get('location') ?? '');
    expect(Object.fromEntries(location.searchParams)).toEqual({ id_token_hint: token, to: stage.url });
    expect((await stage.get('/api/v1/clusters', cookies)).json).toMatchObject({
      code: 16,
      message: expect.stringContaining('revoked') as string,
    });
    expect((await stage.server.send('GET', '/api/v1/clusters', { token })).status).toBe(401);
    await stage.configure();
  });

  it('works for a public client', async () => {
    const [, cli] = stage.clients();
    stage.provider.change({
      clients: [{ id: 'web', redirectUris: [`${stage.url}/auth/callback`] }, ...(cli ? [cli] : [])],
    });
    await stage.configure({ clientSecret: undefined });
    const { answer, cookies } = await stage.logIn('ann');
    expect(answer.status).toBe(303);
    expect(await stage.userInfo(cookies)).toMatchObject({ loggedIn: true });
    stage.provider.change({ clients: stage.clients() });
    await stage.configure();
  });

  it('comes back to the base URL through which it came', async () => {
    const other = `http://localhost:${stage.server.port}`;
    stage.provider.change({ clients: stage.clients([stage.url, other]) });
    await stage.configure({}, { additionalUrls: `- ${other}\n` });
    const response = await fetch(`${other}/auth/login`, { redirect: 'manual' });
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.searchParams.get('redirect_uri')).toBe(`${other}/auth/callback`);
    expect((await stage.begin(`?return_url=${encodeURIComponent(`${other}/x`)}`)).answer.status).toBe(303);
    stage.provider.change({ clients: stage.clients() });
    await stage.configure();
  });

  it('is not offered without settings', async () => {
    await stage.server.configure('argocd-cm', { 'oidc.config': undefined });
    await vi.waitFor(async () => expect((await stage.get('/auth/login')).status).toBe(404), WAIT);
    expect((await stage.get('/auth/callback?code=x&state=y')).text).toBe('404 page not found\n');
    expect((await stage.get('/api/dex/.well-known/openid-configuration')).status).toBe(404);
    await stage.configure();
  });
});

describe('an attack on a login', () => {
  const failure = async (
    answer: Promise<{ status: number; text: string }>,
  ): Promise<readonly [number, string]> => {
    const { status, text } = await answer;
    return [status, /<code>([\w-]+)<\/code>/.exec(text)?.[1] ?? text];
  };

  it.each([
    'https://evil.example.com/',
    '//evil.example.com',
    '/\\evil.example.com',
    'javascript:alert(1)',
    'HOST@evil.example.com/',
    'http://evil.example.com\\@HOST/',
    'HOST\t.evil.example.com',
    'HOST.evil.example.com',
    'user:pass@HOST',
    '/applications',
  ])('A6: the return address %j is refused', async (text) => {
    const to = text.replace('HOST', stage.url);
    expect(await failure(stage.get(`/auth/login?return_url=${encodeURIComponent(to)}`))).toEqual([
      400,
      'bad-return-url',
    ]);
  });

  it('A9, A17: nothing of a request is shown', async () => {
    const { cookies, location } = await stage.begin();
    const state = new URL(location).searchParams.get('state') ?? '';
    const evil = encodeURIComponent('<script>alert(1)</script>call 555-1234');
    for (const query of [
      `error=${evil}&error_description=${evil}&state=${state}`,
      `code=${evil}&state=${evil}`,
    ]) {
      const { text, headers } = await stage.get(`/auth/callback?${query}`, cookies);
      expect(text).not.toMatch(/script|alert|555/);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('an answer without, with another or with a forged state is refused', async () => {
    const one = await stage.begin();
    const two = await stage.begin();
    const callback = pathIn(await stage.provider.logIn(two.location, 'ann'));
    expect(await failure(stage.get(callback))).toEqual([400, 'no-login']);
    expect(await failure(stage.get(callback, one.cookies))).toEqual([400, 'state-mismatch']);
    const sealed = two.cookies.get('argocd.oauthstate') ?? '';
    for (const forged of ['x', '', sealed.slice(0, -4), `A${sealed.slice(1)}`, 'x'.repeat(5_000)]) {
      const cookies = new Map([['argocd.oauthstate', forged]]);
      expect(await failure(stage.get(callback, cookies))).toEqual([400, 'no-login']);
    }
  });

  it('a code that was used does not count again, in this browser or another', async () => {
    const { location, cookies } = await stage.begin();
    const callback = pathIn(await stage.provider.logIn(location, 'ann'));
    expect((await stage.get(callback, cookies)).status).toBe(303);
    expect(await failure(stage.get(callback, cookies))).toEqual([400, 'no-login']);
    const mine = await stage.begin();
    const state = new URL(mine.location).searchParams.get('state') ?? '';
    const stolen = new URLSearchParams(callback.split('?')[1]);
    stolen.set('state', state);
    expect(await failure(stage.get(`/auth/callback?${stolen.toString()}`, mine.cookies))).toEqual([
      400,
      'bad-answer',
    ]);
  });

  it('a refusal of the provider is told as one', async () => {
    const { location, cookies } = await stage.begin();
    const state = new URL(location).searchParams.get('state') ?? '';
    const answer = stage.get(`/auth/callback?error=access_denied&state=${state}`, cookies);
    expect(await failure(answer)).toEqual([403, 'provider-refused']);
  });

  it('the provider cannot name anybody admin', async () => {
    const { location, cookies } = await stage.begin();
    const callback = pathIn(await stage.provider.logIn(location, 'admin'));
    const answer = await stage.get(callback, cookies);
    expect(answer.text).toContain('user-refused');
    expect(answer.headers.getSetCookie().join()).not.toContain('argocd.token=');
  });

  it('the provider cannot name roles as groups', async () => {
    const { cookies } = await stage.logIn('bob');
    expect((await stage.userInfo(cookies))['groups']).toEqual(['others']);
  });

  it('secrets are in no log line', () => {
    const text = log.join('\n');
    expect(text).toContain('a login by the identity provider failed');
    expect(text).not.toMatch(/the-web-secret|argocd\.token=|eyJ[\w-]+\.eyJ|alert\(1\)/);
  });
});

describe('a token of the provider', () => {
  const good = { sub: 'ann', aud: 'cli', groups: ['devs'] };
  const clusters = async (token: string): Promise<number> =>
    (await stage.server.send('GET', '/api/v1/clusters', { token })).status;

  it('counts as a bearer', async () => {
    const token = await stage.provider.sign(good);
    const { text, status } = await stage.server.send('GET', '/api/v1/clusters', { token });
    expect([status, text.includes('kubernetes.default.svc')]).toEqual([200, true]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['A24: made for another audience', { aud: 'other' }],
    ['without an audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://evil.example.com' }],
    ['that claims to be of this server', { iss: 'argocd', sub: 'admin:login', jti: 'x' }],
    ['that ended', { exp: 1_000 }],
    ['that speaks for a role', { sub: 'proj:default:ci' }],
    ['that speaks for the built-in account', { sub: 'admin' }],
    ['that speaks for a role by way of Dex', { federated_claims: { user_id: 'proj:default:ci' } }],
    ['that speaks for the built-in account by way of Dex', { federated_claims: { user_id: 'admin' } }],
  ])('%s is refused', async (_, change) => {
    expect(await clusters(await stage.provider.sign({ ...good, ...change }))).toBe(401);
  });

  it('A18: a forged one is not an anonymous caller', async () => {
    await stage.configure({}, { 'users.anonymous.enabled': 'true' });
    const [, payload = ''] = (await stage.provider.sign(good)).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await clusters(`${header}.${payload}.`)).toBe(401);
    expect((await stage.get('/api/v1/clusters')).status).toBe(200);
    await stage.configure({}, { 'users.anonymous.enabled': undefined });
  });

  it('R37: counts while the provider is away; local users log in as ever', async () => {
    const token = await stage.provider.sign(good);
    expect(await clusters(token)).toBe(200);
    stage.provider.fault('/', (request) => request.socket.destroy());
    try {
      expect(await clusters(token)).toBe(200);
      await stage.configure({ name: 'opened anew' });
      expect(await clusters(token)).toBe(503);
      expect((await stage.server.send('GET', '/api/version', { token })).status).toBe(200);
      expect(await clusters(await stage.server.login())).toBe(200);
      expect((await stage.begin()).answer.text).toContain('provider-away');
    } finally {
      stage.provider.fault('/', undefined);
      await stage.configure();
    }
  });

  it('one of several in a request decides alone: the header before the cookie', async () => {
    const token = await stage.provider.sign(good);
    const bad = await stage.provider.sign({ ...good, aud: 'other' });
    const asked = async (bearer: string, cookie: string): Promise<number> =>
      (
        await stage.server.send('GET', '/api/v1/clusters', {
          token: bearer,
          headers: { cookie: `argocd.token=${cookie}` },
        })
      ).status;
    expect([await asked(token, bad), await asked(bad, token)]).toEqual([200, 401]);
  });
});

describe('groups of the user info endpoint', () => {
  beforeEach(async () => {
    await stage.configure({
      enableUserInfoGroups: true,
      userInfoPath: '/me',
      userInfoCacheExpiration: '1h',
      requestedScopes: ['openid', 'groups'],
    });
  });

  it('count for a session, and are asked for once', async () => {
    const { cookies } = await stage.logIn('ann');
    const before = stage.provider.requests.length;
    for (let call = 0; call < 5; call++) expect((await stage.userInfo(cookies))['groups']).toEqual(['devs']);
    expect(stage.provider.requests.length).toBe(before);
  });

  it('are missing for a token without a session, which is refused', async () => {
    const token = await stage.provider.sign({ sub: 'ann', aud: 'cli', groups: ['devs'] });
    expect((await stage.server.send('GET', '/api/v1/clusters', { token })).status).toBe(401);
    await stage.configure();
  });
});

describe('the renewal of a session', () => {
  it('brings a new token near the end of the old one, from the refresh token', async () => {
    await stage.configure({ refreshTokenThreshold: '2h' });
    const { cookies } = await stage.logIn('ann');
    const old = cookies.get('argocd.token') ?? '';
    const second = (): number => Math.floor(Date.now() / 1_000);
    const begun = second();
    await vi.waitFor(() => expect(second()).toBeGreaterThan(begun), { ...WAIT, interval: 20 });
    await vi.waitFor(async () => {
      const answer = await stage.get('/api/v1/session/userinfo', cookies);
      expect(answer.headers.getSetCookie().join()).toContain('argocd.token=');
      keep(answer, cookies);
    }, WAIT);
    expect(cookies.get('argocd.token')).not.toBe(old);
    expect(await stage.userInfo(cookies)).toMatchObject({ loggedIn: true, groups: ['devs'] });
    await stage.configure();
  });
});
