import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { parseRefs } from './refs.ts';
import { assertRevision, resolveAmong } from './resolve.ts';

const sha = (digit: string): string => digit.repeat(40);
const refs = parseRefs(
  [
    [sha('1'), 'HEAD'],
    [sha('1'), 'refs/heads/main'],
    [sha('2'), 'refs/heads/1.x'],
    [sha('3'), 'refs/heads/v2'],
    [sha('4'), 'refs/pull/7/head'],
    [sha('a'), 'refs/tags/v2'],
    [sha('5'), 'refs/tags/v1.4.0'],
    [sha('6'), 'refs/tags/v1.4.0^{}'],
    [sha('7'), 'refs/tags/app/3.1.0'],
    [sha('8'), 'refs/heads/__proto__'],
  ]
    .map(([id, name]) => `${id ?? ''}\t${name ?? ''}`)
    .join('\n'),
);

const asked: { range: string; tags: readonly string[] }[] = [];
const versions = {
  maxSatisfying: (range: string, tags: readonly string[]): Promise<string | undefined> => {
    asked.push({ range, tags });
    if (range.includes('|')) return Promise.reject(new TiphysError('invalid', 'no constraint'));
    return Promise.resolve(
      tags.includes('v1.4.0') && range.startsWith('1') ? 'v1.4.0' : tags.find((tag) => tag === '3.1.0'),
    );
  },
};
const resolve = (revision: string, tagPrefix?: string): Promise<string | undefined> =>
  resolveAmong(refs, revision, { versions, tagPrefix });

describe('resolveAmong', () => {
  it.each([
    ['', sha('1')],
    ['HEAD', sha('1')],
    ['main', sha('1')],
    ['refs/pull/7/head', sha('4')],
    ['v1.4.0', sha('6')],
    ['v2', sha('3')],
    ['refs/tags/v2', sha('a')],
    ['__proto__', sha('8')],
    ['1.x', sha('6')],
    ['1.*', sha('6')],
    ['nope', undefined],
    ['constructor', undefined],
    ['a|b', undefined],
  ])('%s', async (revision, expected) => {
    expect(await resolve(revision)).toBe(expected);
  });

  it('reads only tags with the prefix, and gives their full name back', async () => {
    asked.length = 0;
    expect(await resolve('3.*', 'app/')).toBe(sha('7'));
    expect(asked).toEqual([{ range: '3.*', tags: ['3.1.0'] }]);
  });

  it('does not ask about plain names', async () => {
    asked.length = 0;
    for (const name of ['main', 'v1.2', 'feature/x-y', 'release-2024']) await resolve(name);
    expect(asked).toEqual([]);
  });

  it('finds nothing in an empty repository', async () => {
    expect(await resolveAmong(parseRefs(''), '', { versions })).toBeUndefined();
  });
});

describe('assertRevision', () => {
  it.each(['main', 'feature/ü', '>=1.0 <2', 'v1.2.3+build', ''])('takes %j', (name) => {
    expect(() => assertRevision(name)).not.toThrow();
  });
  it.each(['-x', '--upload-pack=id', 'a..b', 'a\nb', 'a@{1}', 'a\\b', 'x'.repeat(300)])(
    'refuses %j',
    (name) => {
      expect(() => assertRevision(name)).toThrow(expect.objectContaining({ code: 'invalid' }));
    },
  );
});
