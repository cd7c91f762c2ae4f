import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from '../testing/server.ts';

const WAIT = { timeout: 30_000 };
const DEX =
  'connectors:\n- { type: github, id: gh, name: GitHub, config: { clientID: a, clientSecret: hidden-in-dex } }\n';
const OIDC = [
  'name: Company',
  'issuer: https://id.example.com',
  'clientID: web',
  'cliClientID: cli',
  'clientSecret: hidden-in-oidc',
  'requestedScopes: [openid, groups]',
  'requestedIDTokenClaims: { groups: { essential: true, value: x, values: [a, b] } }',
  'enablePKCEAuthentication: true',
].join('\n');

let redis: RedisServer;
let server: TestServer;
let admin: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({
    redis,
    flags: ['--hydrator-enabled', '--sync-with-replace-allowed=false'],
  });
  admin = await server.login();
});

afterAll(async () => {
  await server?.stop();
  await redis?.stop();
});

const settings = async (token?: string): Promise<Readonly<Record<string, unknown>>> =>
  (await server.send('GET', '/api/v1/settings', token === undefined ? {} : { token })).json;

describe('the settings that clients adapt to', () => {
  it('tell all that is set', async () => {
    await server.configure('argocd-cm', {
      url: 'https://cd.example.com',
      additionalUrls: '- https://other.example.com/\n',
      'oidc.config': OIDC,
      'dex.config': DEX,
      'statusbadge.enabled': 'true',
      'statusbadge.url': 'https://badge.example.com',
      'ga.trackingid': 'G-1',
      'ga.anonymizeusers': 'false',
      'help.chatUrl': 'https://chat.example.com',
      'help.download.linux-amd64': 'https://dl.example.com/cli',
      'kustomize.buildOptions': '--enable-helm',
      'kustomize.path.v5.0.0': '/tools/kustomize5',
      'kustomize.version.v4.0.0': '/tools/kustomize4',
      'ui.cssurl': './custom/my.css',
      'ui.bannercontent': 'Closed on Monday',
      'ui.bannerurl': 'https://news.example.com',
      'ui.bannerpermanent': 'true',
      'ui.bannerposition': 'bottom',
      'exec.enabled': 'true',
      'application.sync.impersonation.enabled': 'true',
      installationID: 'one',
    });
    const shared = {
      url: 'https://cd.example.com',
      additionalUrls: ['https://other.example.com'],
      oidcConfig: {
        name: 'Company',
        issuer: 'https://id.example.com',
        clientID: 'web',
        cliClientID: 'cli',
        scopes: ['openid', 'groups'],
        idTokenClaims: { groups: { essential: true, value: 'x', values: ['a', 'b'] } },
        enablePKCEAuthentication: true,
      },
      dexConfig: { connectors: [{ name: 'GitHub', type: 'github' }] },
      statusBadgeEnabled: true,
      statusBadgeRootUrl: 'https://badge.example.com',
      googleAnalytics: { trackingID: 'G-1' },
      help: {
        chatUrl: 'https://chat.example.com',
        chatText: 'Chat now!',
        binaryUrls: { 'linux-amd64': 'https://dl.example.com/cli' },
      },
      kustomizeVersions: ['v4.0.0', 'v5.0.0'],
      uiCssURL: './custom/my.css',
      execEnabled: true,
      impersonationEnabled: true,
      hydratorEnabled: true,
      installationID: 'one',
    };
    await vi.waitFor(async () => expect(await settings()).toMatchObject(shared), WAIT);
    expect(await settings(admin)).toMatchObject({
      ...shared,
      uiBannerContent: 'Closed on Monday',
      uiBannerURL: 'https://news.example.com',
      uiBannerPermanent: true,
      uiBannerPosition: 'bottom',
      controllerNamespace: server.namespace.name,
      passwordPattern: '^.{8,32}$',
    });
    expect(await settings()).not.toHaveProperty('syncWithReplaceAllowed');
  });

  it('A10: hide from strangers what is no business of theirs, and secrets from everybody', async () => {
    const open = await settings();
    const closed = [
      'uiBannerContent',
      'uiBannerURL',
      'controllerNamespace',
      'passwordPattern',
      'resourceOverrides',
    ];
    for (const key of closed) expect(open).not.toHaveProperty(key);
    expect(JSON.stringify([open, await settings(admin)])).not.toMatch(/hidden-in/);
  });

  it('tell that nobody can log in by password', async () => {
    await server.configure('argocd-cm', { 'admin.enabled': 'false' });
    await vi.waitFor(async () => expect((await settings())['userLoginsDisabled']).toBe(true), WAIT);
    await server.configure('argocd-cm', { 'admin.enabled': undefined });
    await vi.waitFor(async () => expect(await settings()).not.toHaveProperty('userLoginsDisabled'), WAIT);
  });

  it('stay readable where the settings of logins are not', async () => {
    await server.configure('argocd-cm', {
      'oidc.config': ': [',
      'dex.config': '{',
      additionalUrls: undefined,
    });
    await vi.waitFor(async () => expect(await settings()).not.toHaveProperty('oidcConfig'), WAIT);
    expect(await settings()).toMatchObject({ url: 'https://cd.example.com' });
    expect((await server.send('GET', '/auth/login')).status).toBe(404);
  });

  it('tell plugins to those who are logged in', async () => {
    expect((await server.send('GET', '/api/v1/settings/plugins', { token: admin })).json).toEqual({});
    server.repoServer.plugins.push('cue');
    expect((await server.send('GET', '/api/v1/settings/plugins', { token: admin })).json).toEqual({
      plugins: [{ name: 'cue' }],
    });
    expect((await server.send('GET', '/api/v1/settings/plugins')).status).toBe(401);
  });
});

describe('a server that knows nobody', () => {
  it('lets every caller do everything', async () => {
    const open = await TestServer.start({ redis, flags: ['--disable-auth'] });
    try {
      expect((await open.send('GET', '/api/v1/clusters')).text).toContain('kubernetes.default.svc');
      expect((await open.send('GET', '/api/v1/clusters', { token: 'a.b.c' })).status).toBe(200);
      expect((await open.send('GET', '/api/v1/settings')).json).toHaveProperty('passwordPattern');
    } finally {
      await open.stop();
    }
  });
});
