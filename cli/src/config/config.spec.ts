import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { resolveContext, withCurrent, withLogin, withoutContext, withoutTokens } from './contexts.ts';
import { configPath } from './path.ts';
import { configSchema, emptyConfig } from './schema.ts';
import { parseHeaders } from './target.ts';

const login = (context: string, server: string): Parameters<typeof withLogin>[1] => ({
  context,
  server: { server },
  token: `token of ${context}`,
});
const two = withLogin(withLogin(emptyConfig, login('a', 'one')), login('b', 'one'));

describe('addresses', () => {
  it.each([
    ['localhost:8080', { server: 'localhost:8080', rootPath: '' }],
    ['https://cd.example.com', { server: 'cd.example.com', rootPath: '', plaintext: false }],
    ['http://cd.example.com:80/a/b/', { server: 'cd.example.com:80', rootPath: 'a/b', plaintext: true }],
    ['[::1]:8080', { server: '[::1]:8080', rootPath: '' }],
  ])('%s is read', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each(['', 'ftp://x', 'https://', 'user@host', 'host?x=1', 'a b'])('%j is refused', (text) => {
    expect(() => parseAddress(text)).toThrow('is not the address of a server');
  });
});

describe('headers', () => {
  it('are read one by one or with commas between', () => {
    expect(parseHeaders(['A: 1, B:2', 'C: x, y'])).toEqual({ A: '1', B: '2', C: 'x, y' });
  });

  it.each(['none', 'A B: c', 'A: b\r\nC: d'])('%j is refused', (text) => {
    expect(() => parseHeaders([text])).toThrow('A header must have the form');
  });
});

describe('contexts', () => {
  it('are added, replaced and made current by a login', () => {
    expect(two.contexts.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(two.servers).toEqual([{ server: 'one' }]);
    expect(two['current-context']).toBe('b');
    expect(withLogin(two, login('a', 'two')).contexts[0]).toEqual({ name: 'a', server: 'two', user: 'a' });
  });

  it('resolve to their server and user', () => {
    expect(resolveContext(two, 'a')).toMatchObject({
      server: { server: 'one' },
      user: { 'auth-token': 'token of a' },
    });
    expect(resolveContext(withCurrent(two, 'a'), undefined)?.name).toBe('a');
    expect(resolveContext(emptyConfig, undefined)).toBeUndefined();
    expect(() => resolveContext(two, 'c')).toThrow("Context 'c' undefined");
    expect(() => resolveContext({ ...two, servers: [] }, 'a')).toThrow('does not hold');
  });

  it('that go leave the server to those that still need it', () => {
    const one = withoutContext(two, 'b');
    expect(one).toMatchObject({ servers: [{ server: 'one' }], 'current-context': '' });
    expect(one.users.map(({ name }) => name)).toEqual(['a']);
    expect(withoutContext(one, 'a')).toMatchObject({ contexts: [], servers: [], users: [] });
  });

  it('that are logged out of keep no token', () => {
    const out = withoutTokens(two, 'a');
    expect(out.users).toEqual([{ name: 'a' }, { name: 'b', 'auth-token': 'token of b' }]);
  });
});

describe('the configuration file', () => {
  it('may hold null for lists, and fields of others', () => {
    const parsed = configSchema.parse({
      contexts: null,
      servers: null,
      users: null,
      'prompts-enabled': true,
      x: 1,
    });
    expect(parsed).toEqual({ ...emptyConfig, 'prompts-enabled': true, x: 1 });
  });

  it.each([
    [{ HOME: '/h' }, undefined, '/h/.config/argocd/config'],
    [{ HOME: '/h', XDG_CONFIG_HOME: '/x' }, undefined, '/x/argocd/config'],
    [{ HOME: '/h', ARGOCD_CONFIG_DIR: '/d' }, undefined, '/d/config'],
    [{ HOME: '/h', ARGOCD_CONFIG_DIR: '/d', TIPHYS_CONFIG_DIR: '/t' }, undefined, '/t/config'],
    [{ HOME: '/h', ARGOCD_CONFIG_DIR: '/d' }, '/f', '/f'],
  ])('of %j and --config %s is %s', (env, flag, path) => {
    expect(configPath(flag, env)).toBe(path);
  });
});
