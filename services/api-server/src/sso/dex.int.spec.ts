import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startIdentityProvider } from '@tiphys/testing/identity-provider';
import type { TestIdentityProvider } from '@tiphys/testing/identity-provider';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from '../testing/server.ts';
import { keep, pathIn } from './testing/stage.ts';
import { dexSecretOf } from './sso.ts';

const WAIT = { timeout: 30_000 };
let redis: RedisServer;
let dex: TestIdentityProvider;
let server: TestServer;
let url: string;

/** Dex itself cannot be installed by a package manager: another provider stands where it would, below the same path. */
beforeAll(async () => {
  redis = await startRedis();
  dex = await startIdentityProvider({
    clients: [{ id: 'none', redirectUris: ['http://127.0.0.1/unused'] }],
    users: [
      {
        name: 'ann',
        groups: ['devs'],
        claims: { federated_claims: { connector_id: 'gh', user_id: 'ann-at-github' } },
      },
    ],
  });
  server = await TestServer.start({ redis, flags: ['--dex-server', dex.address, '--dex-server-plaintext'] });
  url = `http://127.0.0.1:${server.port}`;
  dex.change({
    issuer: `${url}/api/dex`,
    clients: [
      {
        id: 'argo-cd',
        secret: dexSecretOf(await server.signatureKey()),
        redirectUris: [`${url}/auth/callback`],
      },
    ],
  });
  await server.configure('argocd-cm', {
    url,
    'dex.config': 'connectors: [{ type: github, id: gh, name: GitHub }]',
  });
  await vi.waitFor(async () => {
    expect((await server.send('GET', '/api/v1/settings')).json).toHaveProperty('dexConfig');
  }, WAIT);
});

afterAll(async () => {
  await server?.stop();
  await dex?.stop();
  await redis?.stop();
});

describe('a login through Dex', () => {
  it('goes through the own address, and the user is who the connector says', async () => {
    const begun = await server.send('GET', '/auth/login');
    const cookies = new Map<string, string>();
    keep(begun, cookies);
    const location = begun.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`^${url}/api/dex/auth`));
    const callback = await finalRedirect(location);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const ended = await server.send('GET', pathIn(callback), { headers: { cookie } });
    expect(ended.status, ended.text).toBe(303);
    keep(ended, cookies);
    const token = cookies.get('argocd.token') ?? '';
    const { json } = await server.send('GET', '/api/v1/session/userinfo', { token });
    expect(json).toEqual({
      loggedIn: true,
      username: 'ann@example.com',
      iss: `${url}/api/dex`,
      groups: ['devs'],
    });
    await server.configure('argocd-rbac-cm', { 'policy.csv': 'g, ann-at-github, role:readonly' });
    await vi.waitFor(async () => {
      expect((await server.send('GET', '/api/v1/clusters', { token })).text).toContain('kubernetes.default');
    }, WAIT);
  });
});

/** Walks from Dex's first page to the callback: all of it is on one origin here, so that the walk stops by the path. */
async function finalRedirect(start: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = start;
  let form: string | undefined;
  for (let step = 0; step < 12; step++) {
    const path = pathIn(next);
    if (path.startsWith('/auth/callback')) return next;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await server.send(form === undefined ? 'GET' : 'POST', path, {
      headers: {
        cookie,
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: form }),
    });
    keep(answer, cookies);
    const location = answer.headers.get('location');
    form = location === null ? 'name=ann' : undefined;
    if (location !== null) next = new URL(location, next).href;
  }
  throw new Error(`the login does not end: ${next}`);
}

describe('the way to Dex', () => {
  const DISCOVERY = '/api/dex/.well-known/openid-configuration';

  it('leads to Dex only', async () => {
    expect((await server.send('GET', DISCOVERY)).json['issuer']).toBe(`${url}/api/dex`);
    const before = dex.requests.length;
    for (const path of ['/api/dex/..%2f..%2fadmin', '/api/dex/%2e%2e/x', '/api/dex/a%5c..%5cb']) {
      expect((await server.send('GET', path)).status).toBe(404);
    }
    expect(dex.requests.length).toBe(before);
  });

  it('keeps the own session to itself', async () => {
    let seen = '';
    dex.fault(DISCOVERY, (request, response) => {
      seen = request.headers.cookie ?? '';
      response.writeHead(200, { 'set-cookie': ['argocd.token=stolen', 'dex=1'] }).end();
    });
    const { headers } = await server.send('GET', DISCOVERY, {
      headers: { cookie: 'argocd.token=mine; argocd.token-1=more; dex=0' },
    });
    dex.fault(DISCOVERY, undefined);
    expect([seen, headers.getSetCookie()]).toEqual(['dex=0', ['dex=1']]);
  });

  it('is limited', async () => {
    const long = await server.send('POST', '/api/dex/token', { body: 'x'.repeat(2 * 1024 * 1024) });
    expect(long.status).toBe(413);
    dex.fault(DISCOVERY, (_, response) => void response.writeHead(200).end('x'.repeat(11 * 1024 * 1024)));
    await expect(server.send('GET', DISCOVERY)).rejects.toThrow();
    dex.fault(DISCOVERY, undefined);
  });

  it('tells a failure of Dex by a fixed mark', async () => {
    dex.fault(DISCOVERY, (_, response) => void response.writeHead(500).end('<script>'));
    const failed = await server.send('GET', DISCOVERY);
    expect([failed.status, failed.headers.get('location'), failed.text]).toEqual([
      303,
      '/login?has_sso_error=true',
      '',
    ]);
    dex.fault(DISCOVERY, (request) => request.socket.destroy());
    expect((await server.send('GET', DISCOVERY)).status).toBe(502);
    dex.fault(DISCOVERY, undefined);
  });
});
