import { describe, expect, it } from 'vitest';
import { assertUsable, sameRepository, unescaped } from './repo-address.ts';

describe('the address of a repository', () => {
  it.each([
    'https://git.example.com/a/b.git',
    'http://127.0.0.1:8080/x.git',
    'ssh://git@git.example.com:22/a.git',
    'git@git.example.com:a/b.git',
    'oci://registry.example.com/charts/chart',
    'registry.example.com/charts',
  ])('passes: %s', (address) => expect(() => assertUsable(address)).not.toThrow());

  it.each([
    ['nothing', ''],
    ['a scheme and no host', 'ssh://'],
    ['a local file (G1)', 'file:///etc/passwd'],
    ['a script for browsers (A21)', 'javascript:alert(1)'],
    ['a script that looks like a host and a path (A21)', 'JavaScript:x/y.git'],
    ['a page in the address (A21)', 'data:text/html,x'],
    ['a helper of git (G1)', 'ext::sh -c id'],
    ['an option in disguise (G2)', '--upload-pack=id'],
    ['a password in it (A27)', 'https://user:pass@git.example.com/a.git'],
    ['a line break (A5)', 'https://git.example.com/a.git\nhost=evil'],
    ['the metadata of a machine (G4)', 'http://169.254.169.254/latest/meta-data'],
    ['the same in one number', 'http://2852039166/latest'],
    ['the same in hexadecimal', 'http://0xa9fea9fe/latest'],
    ['the same in IPv6', 'http://[::ffff:169.254.169.254]/x.git'],
    ['a link-local address', 'https://[fe80::1]/x.git'],
    ['every address of this machine', 'http://0.0.0.0/x.git'],
    ['the metadata by name', 'http://metadata.google.internal/computeMetadata'],
    ['the metadata over ssh', 'git@169.254.169.254:a/b.git'],
  ])('is refused: %s', (_what, address) => expect(() => assertUsable(address)).toThrow('not usable'));

  it('never tells the password that it refuses', () => {
    expect(() => assertUsable('https://u:hunter2@git.example.com/a.git')).toThrow(/^(?!.*hunter2)/);
  });

  it('is read from a path whether it was escaped once or twice', () => {
    const plain = 'https://git.example.com/a b';
    expect(unescaped(encodeURIComponent(plain))).toBe(plain);
    expect(unescaped(encodeURIComponent(encodeURIComponent(plain)))).toBe(plain);
    expect(unescaped('https://git.example.com/100%')).toBe('https://git.example.com/100%');
    expect(sameRepository('https://Git.example.com/a.git/', 'https://git.example.com/a')).toBe(true);
  });
});
