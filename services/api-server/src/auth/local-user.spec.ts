import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { localUserOf } from './local-input.ts';
import { LocalAccess, authenticatorFor } from './local-user.ts';

const TOKEN = 'local.0123456789abcdef.0123456789abcdef';
const nothing = {} as never;

describe('the token of a local user', () => {
  it('is the first line of the input, and the end of the input is the end of the server', async () => {
    const input = new PassThrough();
    input.write(`${TOKEN}\n`);
    const user = await localUserOf({ address: '127.0.0.1' }, input);
    expect(user.token).toBe(TOKEN);
    const ended = new Promise<void>((resolve) => {
      user.onEnd(resolve);
    });
    input.end();
    await ended;
  });

  it.each([
    ['', '127.0.0.1'],
    ['short.to.ken\n', '127.0.0.1'],
    ['0123456789abcdef0123456789abcdef0123\n', '127.0.0.1'],
    [`${TOKEN}\n`, '0.0.0.0'],
    [`${TOKEN}\n`, '127.evil.example.com'],
  ])('%j on %s is refused', async (text, address) => {
    const input = new PassThrough();
    input.end(text);
    await expect(localUserOf({ address }, input)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is the only one that is known', async () => {
    const authenticator = authenticatorFor(TOKEN, nothing);
    await expect(authenticator.verify(TOKEN)).resolves.toMatchObject({ capability: 'apiKey' });
    for (const other of ['', 'a.b.c', `${TOKEN}x`, TOKEN.slice(0, -1)])
      await expect(authenticator.verify(other)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('gives all rights, and its lack none', async () => {
    const claims = await authenticatorFor(TOKEN, nothing).verify(TOKEN);
    const access = new LocalAccess();
    expect(access.allows(claims)).toBe(true);
    expect(access.allows(undefined)).toBe(false);
  });
});
