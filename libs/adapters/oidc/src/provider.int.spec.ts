import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationAnswer, IdentityProvider, IdentityProviderSettings } from '@tiphys/ports';
import { startIdentityProvider } from '@tiphys/testing/identity-provider';
import type { Fault, TestIdentityProvider } from '@tiphys/testing/identity-provider';
import { createAuthority } from '@tiphys/testing/pki';
import { createIdentityProviders } from './index.ts';

const CALLBACK = 'https://cd.example.com/auth/callback';
const authority = createAuthority('Test CA');
const opened: IdentityProvider[] = [];
let far: TestIdentityProvider;
let now = Date.now();
const clock = { now: () => now, sleep: () => Promise.resolve() };

function open(settings: Partial<IdentityProviderSettings> = {}): IdentityProvider {
  const provider = createIdentityProviders({ clock }).open({
    issuer: far.issuer,
    clientId: 'web',
    clientSecret: 'web-secret',
    audiences: ['web', 'cli'],
    rootCa: authority.certPem,
    ...settings,
  });
  opened.push(provider);
  return provider;
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
const VERIFIER = 'v'.repeat(64);

async function answerOf(provider: IdentityProvider, user = 'ann'): Promise<AuthorizationAnswer> {
  const url = await provider.authorizationUrl({
    redirectUri: CALLBACK,
    scopes: ['openid', 'profile', 'email', 'groups'],
    state: 'the-state',
    nonce: 'the-nonce',
    codeChallenge: challengeOf(VERIFIER),
  });
  const callback = await far.logIn(url, user);
  return { callback, state: 'the-state', nonce: 'the-nonce', codeVerifier: VERIFIER };
}

beforeAll(async () => {
  far = await startIdentityProvider({
    tls: authority.issue({ commonName: 'provider', hosts: ['127.0.0.1'], usage: 'server' }),
    clients: [
      { id: 'web', secret: 'web-secret', redirectUris: [CALLBACK], refreshTokens: true },
      { id: 'cli', redirectUris: [CALLBACK] },
    ],
    users: [{ name: 'ann', groups: ['devs', 'ops'] }],
  });
});

beforeEach(() => {
  now = Date.now();
});

afterAll(async () => {
  await Promise.all(opened.map((provider) => provider.close()));
  await far?.stop();
});

describe('a login', () => {
  it.each([
    ['a confidential client', {}],
    ['a public client', { clientId: 'cli', clientSecret: '' }],
  ])('of %s gives a token that tells the user and the groups', async (_, settings) => {
    const provider = open(settings);
    const issued = await provider.redeem(await answerOf(provider));
    expect(issued.claims).toMatchObject({ sub: 'ann', email: 'ann@example.com', groups: ['devs', 'ops'] });
    expect(await provider.verify(issued.idToken)).toEqual(issued.claims);
    const { accessToken = '' } = issued;
    expect(await provider.userInfo({ accessToken, subject: 'ann' })).toMatchObject({
      groups: ['devs', 'ops'],
    });
    await expect(provider.userInfo({ accessToken, subject: 'bob' })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('gives a refresh token that gives new tokens', async () => {
    const provider = open();
    const { refreshToken = '' } = await provider.redeem(await answerOf(provider));
    expect((await provider.refresh(refreshToken)).claims).toMatchObject({ sub: 'ann' });
    await expect(provider.refresh('forged')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused with a code that was used, another state, nonce, verifier or secret', async () => {
    const provider = open();
    const used = await answerOf(provider);
    await provider.redeem(used);
    const refused = { code: 'unauthenticated' };
    await expect(provider.redeem(used)).rejects.toMatchObject(refused);
    for (const change of [{ state: 'other' }, { nonce: 'other' }, { codeVerifier: 'w'.repeat(64) }]) {
      await expect(provider.redeem({ ...(await answerOf(provider)), ...change })).rejects.toThrow();
    }
    const wrong = open({ clientSecret: 'wrong' });
    await expect(wrong.redeem(await answerOf(wrong))).rejects.toMatchObject(refused);
  });

  it('does not trust a certificate that nobody vouches for, unless told to', async () => {
    const { rootCa: _, ...rest } = { rootCa: '', issuer: far.issuer, clientId: 'web', audiences: ['web'] };
    const strict = createIdentityProviders({ clock }).open(rest);
    opened.push(strict);
    await expect(strict.offersOfflineAccess()).rejects.toMatchObject({ code: 'unavailable' });
    const lax = createIdentityProviders({ clock }).open({ ...rest, skipTlsVerification: true });
    opened.push(lax);
    expect(await lax.offersOfflineAccess()).toBe(true);
    await expect(strict.offersOfflineAccess()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a token', () => {
  const good = { sub: 'ann', aud: 'web' };
  const seconds = Math.floor(Date.now() / 1_000);

  it.each<[string, Record<string, unknown>, boolean]>([
    ['for this client', good, true],
    ['for the client of the CLI among others', { ...good, aud: ['other', 'cli'] }, true],
    ['for another audience', { ...good, aud: 'other' }, false],
    ['for no audience', { sub: 'ann' }, false],
    ['of another issuer', { ...good, iss: 'https://evil.example.com' }, false],
    ['that ended', { ...good, exp: seconds - 1 }, false],
    ['that does not count yet', { ...good, nbf: seconds + 60 }, false],
    ['without an end', { ...good, exp: undefined }, false],
    ['without a subject', { aud: 'web' }, false],
  ])('%s: %j is accepted: %s', async (_, claims, accepted) => {
    const outcome = open().verify(await far.sign(claims));
    if (accepted) await expect(outcome).resolves.toMatchObject(claims);
    else await expect(outcome).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('without an audience counts where that is allowed', async () => {
    const provider = open({ allowNoAudience: true });
    await expect(provider.verify(await far.sign({ sub: 'ann' }))).resolves.toMatchObject({ sub: 'ann' });
    await expect(provider.verify(await far.sign({ sub: 'ann', aud: 'other' }))).rejects.toThrow('audience');
  });

  it('is refused when it is not signed, signed by a shared secret, or changed', async () => {
    const provider = open();
    const [, payload = '', signature = ''] = (await far.sign(good)).split('.');
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      `${part({ alg: 'none' })}.${payload}.`,
      `${part({ alg: 'none' })}.${payload}.${signature}`,
      `${part({ alg: 'HS256', kid: 'key-1' })}.${payload}.${signature}`,
      `${part({ alg: 'RS256', kid: 'key-1' })}.${part({ ...good, sub: 'admin' })}.${signature}`,
      `${part({ alg: 'RS256', kid: 'key-1', jwk: {} })}.${payload}.${signature}`,
      `${part({ alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      `..`,
      'x',
      'x'.repeat(200_000),
    ];
    for (const token of forged) {
      await expect(provider.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('of a new key is accepted once the provider publishes it, one of a forgotten key is not', async () => {
    const provider = open();
    const old = await far.sign(good);
    await provider.verify(old);
    await far.rotateKeys();
    now += 6_000;
    await expect(provider.verify(await far.sign({ ...good, exp: seconds + 9_000 }))).resolves.toMatchObject(
      good,
    );
    await expect(provider.verify(old)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('with unknown keys does not make the provider be asked again and again', async () => {
    const provider = open();
    await provider.verify(await far.sign(good));
    const before = far.requests.length;
    now += 6_000;
    const unknown = await far.sign(good, { kid: 'unknown' });
    for (let attempt = 0; attempt < 20; attempt++) await expect(provider.verify(unknown)).rejects.toThrow();
    expect(far.requests.length - before).toBe(1);
  });

  it('counts while the provider is away as long as its keys do, then not', async () => {
    const provider = open();
    const token = await far.sign({ ...good, exp: seconds + 90_000 });
    await provider.verify(token);
    far.fault('/', (request) => request.socket.destroy());
    try {
      now += 59 * 60_000;
      await expect(provider.verify(token)).resolves.toMatchObject(good);
      now += 2 * 60_000;
      await expect(provider.verify(token)).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      far.fault('/', undefined);
    }
    now += 6_000;
    await expect(provider.verify(token)).resolves.toMatchObject(good);
  });
});

describe('a provider that', () => {
  const DISCOVERY = '/.well-known/openid-configuration';
  const answers: readonly (readonly [string, Fault])[] = [
    [
      'answers garbage',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
    ],
    ['answers with an error', (_, response) => response.writeHead(500).end()],
    [
      'sends elsewhere',
      (_, response) => response.writeHead(302, { location: 'https://evil.example.com/' }).end(),
    ],
    [
      'claims to be another',
      (_, response) => {
        const body = JSON.stringify({
          issuer: 'https://evil.example.com',
          jwks_uri: 'https://evil.example.com/keys',
        });
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      },
    ],
    [
      'answers without end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('x'.repeat(10 * 1024 * 1024));
      },
    ],
    ['hangs up', (request) => request.socket.destroy()],
  ];

  it.each(answers)('%s is not used', async (_, fault) => {
    far.fault(DISCOVERY, fault);
    try {
      const asked = open().verify(await far.sign({ sub: 'ann', aud: 'web' }));
      await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      far.fault(DISCOVERY, undefined);
    }
  });

  it('is slow is waited for, but not for ever', async () => {
    const held: (() => void)[] = [];
    far.fault(DISCOVERY, (_, response) => void held.push(() => response.end()));
    try {
      const started = Date.now();
      await expect(open().offersOfflineAccess()).rejects.toMatchObject({ code: 'unavailable' });
      expect(Date.now() - started).toBeLessThan(20_000);
    } finally {
      far.fault(DISCOVERY, undefined);
      for (const end of held) end();
    }
  });
});
