import { describe, expect, it } from 'vitest';
import type { AppProjectSpec, GitIntegrityPolicy } from '@tiphys/model';
import {
  integrityMessage,
  longKeyId,
  signatureDemandOf,
  signatureProblems,
  type SignedRevision,
} from './index.ts';

const KEY = 'D56C4FCA57A46444';
const policy = (mode: string, ...urls: readonly string[]): GitIntegrityPolicy => ({
  repos: urls.map((url) => ({ url })),
  gpg: { mode, keys: [KEY] },
});
const integrity = (...policies: readonly GitIntegrityPolicy[]): AppProjectSpec => ({
  sourceIntegrity: { git: { policies } },
});

describe('signatureDemandOf', () => {
  const url = 'https://git/group/repo.git';
  it.each<[string, AppProjectSpec, string | undefined]>([
    ['nothing of a project that says nothing', {}, undefined],
    ['a signed head where keys are named', { signatureKeys: [{ keyID: KEY }] }, 'head'],
    ['what the policy says', integrity(policy('strict', 'https://git/group/*')), 'strict'],
    [
      'what the only policy that matches says',
      integrity(policy('none', 'https://x/*'), policy('head', '*')),
      'head',
    ],
    ['nothing by mode none', integrity(policy('none', '*')), undefined],
    ['nothing where no policy matches', integrity(policy('head', 'https://other/*')), undefined],
    [
      'nothing of a repository that is taken out',
      integrity(policy('head', '*', '!https://git/group/*')),
      undefined,
    ],
    [
      'the next policy for what is taken out',
      integrity(policy('head', '*', `!${url}`), policy('strict', '*')),
      'strict',
    ],
    ['the most by a mode that is not known', integrity(policy('heed', '*')), 'strict'],
    ['policies in place of keys', { ...integrity(), signatureKeys: [{ keyID: KEY }] }, undefined],
  ])('asks for %s', (_name, spec, depth) =>
    expect(signatureDemandOf(spec, { repoURL: url })?.depth).toBe(depth),
  );

  it('decides for none of several policies, whichever comes first', () => {
    for (const modes of [
      ['none', 'strict'],
      ['strict', 'none'],
    ])
      expect(() =>
        signatureDemandOf(integrity(...modes.map((mode) => policy(mode, '*'))), { repoURL: url }),
      ).toThrow(`multiple (2) git source integrity policies found for repo URL: ${url}`);
  });

  it('asks nothing of charts and OCI artifacts, which nobody can sign so', () => {
    const all = integrity(policy('strict', '*'));
    expect(signatureDemandOf(all, { repoURL: 'https://charts', chart: 'web' })).toBeUndefined();
    expect(signatureDemandOf(all, { repoURL: 'oci://registry/web' })).toBeUndefined();
    expect(signatureDemandOf(all, { repoURL: 'https://git/charts', chart: '' })).toBeDefined();
  });

  it.each([
    ['d56c4fca57a46444', KEY],
    [`0x${KEY}`, KEY],
    [`1234567890ABCDEF12345678${KEY}`, KEY],
    ['57A46444', undefined],
    ['*', undefined],
    ['', undefined],
  ])('reads key %s as %s', (text, id) => expect(longKeyId(text)).toBe(id));
});

describe('signatureProblems', () => {
  const demand = { depth: 'strict', keys: [KEY] } as const;
  const signed = (over: Partial<SignedRevision>): SignedRevision => ({
    revision: 'abc',
    isTag: false,
    author: 'Ann <ann@x>',
    verdict: 'signed',
    keyId: KEY,
    ...over,
  });
  const other = 'AAAAAAAAAAAAAAAA';

  it.each<[SignedRevision, string | undefined]>([
    [signed({}), undefined],
    [signed({ keyId: other, primaryKeyId: KEY }), undefined],
    [
      signed({ verdict: 'unsigned', keyId: '' }),
      "Failed verifying revision abc by 'Ann <ann@x>': unsigned (key_id=)",
    ],
    [
      signed({ verdict: 'bad signature' }),
      `Failed verifying revision abc by 'Ann <ann@x>': bad signature (key_id=${KEY})`,
    ],
    [
      signed({ keyId: other }),
      `Failed verifying revision abc by 'Ann <ann@x>': signed with unallowed key (key_id=${other})`,
    ],
    [
      signed({ verdict: 'signed with key not in keyring', keyId: other }),
      `Failed verifying revision abc by 'Ann <ann@x>': signed with key not in keyring (key_id=${other})`,
    ],
  ])('of %o', (revision, problem) =>
    expect(signatureProblems(demand, [revision])).toEqual(problem === undefined ? [] : [problem]),
  );

  it('lets no empty list of keys and no empty id pass', () => {
    expect(signatureProblems({ depth: 'head', keys: [] }, [signed({})])).toHaveLength(1);
    expect(signatureProblems(demand, [signed({ keyId: '' })])).toHaveLength(1);
  });

  it('complains of a key once, of each unsigned commit, and ten times at most', () => {
    const revoked = signed({ verdict: 'signed with revoked key', keyId: other });
    expect(signatureProblems(demand, [revoked, revoked])).toHaveLength(1);
    const unsigned = signed({ verdict: 'unsigned', keyId: '' });
    expect(signatureProblems(demand, [unsigned, unsigned])).toHaveLength(2);
    expect(
      signatureProblems(
        demand,
        Array.from({ length: 20 }, () => unsigned),
      ),
    ).toHaveLength(10);
  });

  it('names the source where there are several', () => {
    expect(integrityMessage('x', { name: '', index: 0, count: 1 })).toBe('GIT/GPG: x');
    expect(integrityMessage('x', { name: '', index: 1, count: 2 })).toBe('GIT/GPG: source 2 of 2: x');
    expect(integrityMessage('x', { name: 'web', index: 0, count: 2 })).toBe('GIT/GPG: source web: x');
  });
});
