import { describe, expect, it } from 'vitest';
import { fingerprintOf, hostKeysIn, withHostKeys, withoutHostKeys } from './known-hosts.ts';

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIBfoSqCZESrxbwIbQ6xIQbt8XUcSDhIZVxSQt9pHjg+g';
const FILE = [
  '# who we know',
  '@revoked old.example.com ssh-ed25519 ' + KEY,
  `git.example.com,[git.example.com]:2222 ssh-ed25519 ${KEY}`,
  'broken.example.com ssh-rsa AAAA',
  '',
].join('\n');

describe('known hosts', () => {
  it('are the hosts of each line whose key is what it says', () => {
    expect(hostKeysIn(FILE)).toEqual([
      { host: 'git.example.com', type: 'ssh-ed25519', key: KEY },
      { host: '[git.example.com]:2222', type: 'ssh-ed25519', key: KEY },
    ]);
    expect(fingerprintOf(KEY)).toBe('l6LunrkW1IhrLCVAPw46coRTpsURKlkuZIKRJlR1BcM');
  });

  it('come and go without touching anything else in the file', () => {
    const key = { host: 'new.example.com', type: 'ssh-ed25519', key: KEY };
    const more = withHostKeys(FILE, [key]);
    expect(more).toBe(`${FILE}new.example.com ssh-ed25519 ${KEY}\n`);
    expect(withoutHostKeys(more, ({ host }) => host === 'new.example.com')).toBe(FILE);
    expect(withoutHostKeys(FILE, ({ host }) => host === 'git.example.com')).toContain(
      `\n[git.example.com]:2222 ssh-ed25519 ${KEY}\n`,
    );
  });
});
