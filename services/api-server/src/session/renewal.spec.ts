import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '@tiphys/ports';
import type { Account } from '../accounts/account.ts';
import { checkAccount } from '../auth/token-owner.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { Renewal } from './renewal.ts';

/** A clock that moves only when somebody sleeps. */
function clockAt(start: number): Clock & { readonly slept: () => number } {
  let now = start;
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  return { now: () => now, sleep, slept: () => now - start };
}

const accountOf = (passwordMtime: number): Account => ({
  name: 'zoe',
  enabled: true,
  capabilities: ['login'],
  passwordHash: '$2a$10$x',
  passwordMtime,
  tokens: [],
});

function accepted(issuedAt: number, account: Account): boolean {
  try {
    checkAccount(
      {
        subject: 'zoe',
        issuer: 'argocd',
        groups: [],
        issuedAt,
        expiresAt: undefined,
        tokenId: 'id',
        capability: 'login',
      },
      account,
    );
    return true;
  } catch {
    return false;
  }
}

async function login(
  at: number,
  account: Account,
): Promise<{ readonly iat: number; readonly waited: number }> {
  const clock = clockAt(at);
  const renewal = new Renewal({ signatureKey: 'key' } as ServerSettings, clock);
  await renewal.settled(account);
  return { iat: renewal.sign({ subject: 'zoe:login', id: 'id', seconds: 60 }).iat, waited: clock.slept() };
}

const SECOND = 1_000;
const CHANGED = 1_800_000_000 * SECOND;
const withinSecond = fc.integer({ min: 0, max: SECOND - 1 });

describe('tokens around a change of the password', () => {
  it('refuses every token from before it, also one of the same second', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5 * SECOND, max: SECOND - 1 }), async (offset) => {
        const { iat } = await login(CHANGED + offset, accountOf(0));
        expect(accepted(iat, accountOf(CHANGED))).toBe(false);
      }),
    );
  });

  it('accepts the first login after it, which waits for the next second', async () => {
    await fc.assert(
      fc.asyncProperty(withinSecond, async (offset) => {
        const { iat, waited } = await login(CHANGED + offset, accountOf(CHANGED));
        expect(accepted(iat, accountOf(CHANGED))).toBe(true);
        expect(waited).toBe(SECOND - offset);
      }),
    );
  });

  it('makes nobody wait later', async () => {
    expect(await login(CHANGED + SECOND, accountOf(CHANGED))).toMatchObject({ waited: 0 });
  });

  it('waits one second at most where the clock that wrote the time was ahead', async () => {
    expect(await login(CHANGED - 3_600 * SECOND, accountOf(CHANGED))).toMatchObject({ waited: SECOND });
  });
});
