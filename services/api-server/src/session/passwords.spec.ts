import { afterAll, describe, expect, it } from 'vitest';
import { Passwords } from './passwords.ts';

const passwords = new Passwords(new URL('./password-program.ts', import.meta.url));
afterAll(() => passwords.close());

describe('Passwords', () => {
  it('fit the hash that was made of them and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(await passwords.verify('correct horse', hash)).toBe(true);
    expect(await passwords.verify('correct hors', hash)).toBe(false);
  });

  it.each(['', 'plain', '$2a$10$short', '$1$abc'])('never fit the hash %j', async (hash) => {
    expect(await passwords.verify('', hash)).toBe(false);
    expect(await passwords.verify(hash, hash)).toBe(false);
  });

  it('keep the event loop free', async () => {
    const checks = Promise.all(Array.from({ length: 4 }, () => passwords.verify('x', '')));
    let turns = 0;
    let done = false;
    void checks.then(() => (done = true));
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    expect(turns).toBeGreaterThan(100);
  });

  it('fail where the thread cannot run, and only then', async () => {
    const broken = new Passwords(new URL('./no-such-program.ts', import.meta.url));
    await expect(broken.verify('a', '')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
