import { describe, expect, it } from 'vitest';
import { accountsIn, secretKeyOf } from './account.ts';

describe('accounts', () => {
  it('are the admin alone where nothing is said', () => {
    expect([...accountsIn({}, {}).values()]).toEqual([
      {
        name: 'admin',
        enabled: true,
        capabilities: ['login'],
        passwordHash: '',
        passwordMtime: 0,
        tokens: [],
      },
    ]);
  });

  it('are declared by the settings and completed by the secret, in the order of their names', () => {
    const accounts = accountsIn(
      {
        'accounts.zoe': 'login',
        'accounts.bot': ' apiKey, nonsense, apiKey',
        'accounts.off': 'login',
        'accounts.off.enabled': 'false',
        'accounts.bad.enabled': 'maybe',
        'accounts.a.b.c': 'login',
        'accounts.admin': 'apiKey',
        'admin.enabled': 'false',
      },
      {
        'accounts.bot.tokens': '[{"id":"a","iat":5},{"id":"b","iat":6,"exp":9},{"iat":7},null]',
        'accounts.zoe.password': '$2a$10$x',
        'accounts.zoe.passwordMtime': '2024-01-01T00:00:00Z',
        'accounts.off.tokens': '{',
      },
    );
    expect(
      [...accounts.values()].map(({ name, enabled, capabilities }) => [name, enabled, ...capabilities]),
    ).toEqual([
      ['admin', false, 'login', 'apiKey'],
      ['bad', false],
      ['bot', true, 'apiKey'],
      ['off', false, 'login'],
      ['zoe', true, 'login'],
    ]);
    expect(accounts.get('bot')?.tokens).toEqual([
      { id: 'a', iat: 5 },
      { id: 'b', iat: 6, exp: 9 },
    ]);
    expect(accounts.get('off')?.tokens).toEqual([]);
    expect(accounts.get('zoe')).toMatchObject({ passwordHash: '$2a$10$x', passwordMtime: 1_704_067_200_000 });
  });

  it.each(['__proto__', 'constructor', 'toString'])('named %s are accounts like any other', (name) => {
    const cm = JSON.parse(`{"accounts.${name}":"login"}`) as Record<string, string>;
    expect(accountsIn(cm, {}).get(name)).toMatchObject({ name, enabled: true, passwordHash: '', tokens: [] });
    expect(accountsIn({}, {}).get(name)).toBeUndefined();
  });

  it('keep those of the admin under names of their own', () => {
    expect([secretKeyOf('admin', 'tokens'), secretKeyOf('x', 'password')]).toEqual([
      'admin.tokens',
      'accounts.x.password',
    ]);
  });
});
