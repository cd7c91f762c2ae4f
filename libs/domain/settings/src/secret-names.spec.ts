import { describe, expect, it } from 'vitest';
import { secretNames } from './secret-names.ts';

describe('names of secrets', () => {
  it.each([
    [secretNames.repository('http://127.0.0.1:18091/git/apps.git', ''), 'repo-4134093027'],
    [secretNames.repository('http://127.0.0.1:18091/git/apps.git', 'filed'), 'repo-1684867771'],
    [secretNames.repository('http://127.0.0.1:18091/helm', ''), 'repo-1396384128'],
    [secretNames.cluster('https://127.0.0.1:36443'), 'cluster-127.0.0.1-1311071643'],
    [secretNames.cluster('https://[2001:db8::1]:6443'), expect.stringMatching(/^cluster-2001-db8--1-\d+$/)],
    [
      secretNames.cluster('https://API.Example.com'),
      expect.stringMatching(/^cluster-api\.example\.com-\d+$/),
    ],
  ])('%s', (name, expected) => expect(name).toEqual(expected));
});

describe('the number', () => {
  it.each(['ä€😀', 'a%20b', '\ud800x', 'line\nbreak'])('is over the UTF-8 bytes of %j', (text) => {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    expect(secretNames.credentials(text)).toBe(`creds-${String(hash)}`);
  });
});
