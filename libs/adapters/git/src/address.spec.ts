import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';

describe('parseAddress', () => {
  it.each([
    ['https://git.example.com/a/b.git', 'https', 'https://git.example.com/a/b.git', false],
    ['https://org@dev.azure.com/org/p/_git/r', 'https', 'https://dev.azure.com/org/p/_git/r', false],
    ['http://127.0.0.1:8080/a', 'http', 'http://127.0.0.1:8080/a', true],
    ['http://[::1]:8080/a', 'http', 'http://[::1]:8080/a', true],
    ['ssh://git@example.com:22/a', 'ssh', 'ssh://git@example.com:22/a', false],
    ['git@github.com:org/repo.git', 'ssh', 'git@github.com:org/repo.git', false],
    ['example.com:repo', 'ssh', 'example.com:repo', false],
  ])('takes %s', (text, scheme, display, isLoopback) => {
    expect(parseAddress(text)).toMatchObject({ scheme, display, isLoopback });
  });

  it.each([
    ['a path', '/etc/passwd'],
    ['a relative path', '../x'],
    ['file', 'file:///etc'],
    ['ext', 'ext::sh -c id'],
    ['a helper', 'foo::https://x/y'],
    ['git', 'git://example.com/x'],
    ['a password', 'https://u:hunter2@example.com/x'],
    ['an option as host', 'ssh://-oProxyCommand=id/x'],
    ['an option as user', 'ssh://-oProxyCommand=id@host/x'],
    ['an option as scp host', '-oProxyCommand=id:x'],
    ['an option as scp user', 'git@-oProxyCommand=id:x'],
    ['an option as scp path', 'git@host:-x'],
    ['an option', '--upload-pack=id'],
    ['a line break', 'https://example.com/x\nhost=evil'],
    ['an encoded line break in the user', 'https://a%0ahost=evil@example.com/x'],
    ['a space', 'https://example.com/a b'],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => parseAddress(text)).toThrow(/^(?!.*hunter2)/);
  });
});
