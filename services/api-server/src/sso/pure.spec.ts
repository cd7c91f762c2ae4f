import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuerOf, verifyToken } from '../auth/token.ts';
import { baseUrlOf, returnUrl } from './base-url.ts';
import { identityOf } from './identity.ts';
import { isSameState, newLogin, openLogin, sealLogin } from './login-state.ts';
import { openText, sealText } from './sealed.ts';

const BASES = ['https://cd.example.com/argo', 'https://other.example.com'];
const KEY = 'a key of the server';

describe('the address to return to', () => {
  it.each([
    ['https://cd.example.com/argo', 'https://cd.example.com/argo'],
    ['https://cd.example.com/argo/applications?x=1#y', 'https://cd.example.com/argo/applications?x=1#y'],
    ['https://other.example.com/', 'https://other.example.com/'],
    ['HTTPS://OTHER.example.com:443/a', 'https://other.example.com/a'],
    ['https://cd.example.com/argo-evil', undefined],
    ['https://cd.example.com/argo/../x', undefined],
    ['https://cd.example.com/argo/%2e%2e/x', undefined],
    ['http://other.example.com/', undefined],
    ['https://other.example.com:8443/', undefined],
    ['https://other.example.com@evil.example.com/', undefined],
    ['https://other.example.com\\@evil.example.com/', undefined],
    ['https:/other.example.com/', undefined],
    [`https://other.example.com/${'x'.repeat(3_000)}`, undefined],
  ])('%s', (wanted, expected) => expect(returnUrl(wanted, BASES)).toBe(expected));

  it('is below a base URL, whatever is asked for', () => {
    const part = fc.constantFrom(
      'https://',
      'http://',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '..',
      '%2e',
      'cd.example.com',
      'evil',
      '\t',
      '#',
      '?',
      'argo',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const to = returnUrl(parts.join(''), BASES);
        if (to === undefined) return;
        const { origin, pathname } = new URL(to);
        expect(['https://cd.example.com', 'https://other.example.com']).toContain(origin);
        if (origin === 'https://cd.example.com') expect(pathname).toMatch(/^\/argo(\/|$)/);
      }),
    );
  });
});

it('a request came through the base URL of its host', () => {
  const at = (host: string | undefined, path: string): string | undefined => baseUrlOf({ host, path }, BASES);
  expect(at('other.example.com', '/auth/login')).toBe(BASES[1]);
  expect(at('cd.example.com', '/auth/login')).toBe(BASES[0]);
  expect(at('evil.example.com', '/auth/login')).toBe(BASES[0]);
  expect(at(undefined, '/')).toBe(BASES[0]);
  expect(baseUrlOf({ host: 'x', path: '/' }, [])).toBeUndefined();
});

describe('a sealed text', () => {
  it('opens with the same key and purpose only', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const sealed = sealText(text, 'login', KEY);
        expect(openText(sealed, 'login', KEY)).toBe(text);
        expect(openText(sealed, 'login', 'another key')).toBeUndefined();
        expect(openText(sealed, 'refresh-token', KEY)).toBeUndefined();
        expect(sealText(text, 'login', KEY)).not.toBe(sealed);
      }),
      { numRuns: 50 },
    );
  });

  it('does not open when anything of it is changed, nor does what was never sealed', () => {
    const bytes = Buffer.from(sealText('text', 'login', KEY), 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(openText(changed.toString('base64url'), 'login', KEY)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(openText(text, 'login', KEY)).toBeUndefined();
      }),
    );
    expect(openText(bytes.toString('base64url'), 'login', '')).toBeUndefined();
  });
});

describe('a login in progress', () => {
  const begun = newLogin({ base: 'https://cd.example.com', returnUrl: 'https://cd.example.com/' }, 1_000);

  it('is the one that was begun, for five minutes', () => {
    const cookie = sealLogin(begun, KEY);
    expect(openLogin(cookie, KEY, 1_000 + 299_000)).toEqual(begun);
    expect(openLogin(cookie, KEY, 1_000 + 300_000)).toBeUndefined();
    expect([
      isSameState(begun, begun.state),
      isSameState(begun, ''),
      isSameState(begun, `${begun.state}x`),
    ]).toEqual([true, false, false]);
  });

  it('is none where the cookie holds something else of ours', () => {
    expect(openLogin(sealText('{"state":1}', 'login', KEY), KEY, 0)).toBeUndefined();
  });
});

describe('the identity in a token', () => {
  const claims = {
    iss: 'https://id.example.com',
    sub: 'u1',
    email: 'ann@example.com',
    exp: 2_000,
    iat: 1_000,
    groups: ['a', 'role:admin', 'proj:p:r', 7],
  };

  it('has the groups of the scopes, but no roles', () => {
    expect(identityOf({ ...claims, jti: 'id' }, 't', ['groups', 'email'])).toEqual({
      subject: 'u1',
      username: 'ann@example.com',
      issuer: 'https://id.example.com',
      groups: ['a', 'ann@example.com'],
      issuedAt: 1_000,
      expiresAt: 2_000,
      tokenId: 'id',
      capability: 'login',
    });
    expect(identityOf({ ...claims, federated_claims: { user_id: 'gh-7' } }, 't', []).subject).toBe('gh-7');
  });

  it('has an id by which it can be revoked', () => {
    expect(identityOf({ ...claims, uti: 'u' }, 't', []).tokenId).toBe('u');
    expect(identityOf({ ...claims, at_hash: 'h' }, 't', []).tokenId).toBe('h');
    const [one, two] = ['token-1', 'token-2'].map((token) => identityOf(claims, token, []).tokenId);
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(one).not.toBe(two);
  });

  it.each(['', 'admin', 'role:admin', 'proj:p:r'])('is never %j', (sub) => {
    expect(() => identityOf({ ...claims, sub }, 't', [])).toThrow('reserved');
  });
});

it('tokens of any shape are refused, never a crash', () => {
  const part = fc.oneof(
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const token = parts.join('.');
      expect(() => issuerOf(token)).not.toThrow();
      expect(() => verifyToken(token, KEY, 1_000)).toThrow(/^invalid session: /);
    }),
    { numRuns: 500 },
  );
});
