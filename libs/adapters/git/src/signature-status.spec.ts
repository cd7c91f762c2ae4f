import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitsToSeals, parseHistory } from './history.ts';
import { mistakeIn } from './keyring.ts';
import { parseStatus, verdictOf } from './signature-status.ts';

const KEY = 'F96585ED4237647E';
const valid = `[GNUPG:] VALIDSIG BBBCFEB04ACF86385B369731${KEY} 2026-11-21 1795271197 0 4 0 22 8 00 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`;
const good = `[GNUPG:] GOODSIG ${KEY} Ann <ann@x>\n${valid}`;

describe('parseStatus', () => {
  it.each<[string, string, string, string]>([
    ['a good signature', good, 'signed', KEY],
    ['one without trust', `${good}\n[GNUPG:] TRUST_UNDEFINED`, 'signed with untrusted key', KEY],
    ['one without its key', `[GNUPG:] GOODSIG ${KEY} Ann`, 'bad signature', KEY],
    ['none', 'error: no signature found', 'unsigned', ''],
    ['a bad one', `[GNUPG:] BADSIG ${KEY} Ann`, 'bad signature', KEY],
    ['one of an unknown key', `[GNUPG:] ERRSIG ${KEY} 22 8 00 1 9 x`, 'signed with key not in keyring', KEY],
    ['one of a revoked key', `[GNUPG:] REVKEYSIG ${KEY} Ann`, 'signed with revoked key', KEY],
    ['one of an expired key', `[GNUPG:] EXPKEYSIG ${KEY} Ann`, 'signed with expired key', KEY],
    ['two', `${good}\n${good}`, 'bad signature', KEY],
    ['words in other text', `x [GNUPG:] GOODSIG ${KEY} Ann`, 'unsigned', ''],
  ])('reads %s', (_name, text, verdict, keyId) =>
    expect(parseStatus(text)).toMatchObject({ verdict, keyId }),
  );

  it('tells the primary key behind a subkey', () =>
    expect(parseStatus(good).primaryKeyId).toBe('AAAAAAAAAAAAAAAA'));

  it('takes no text for a signature that is not one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('GOODSIG'));
        expect(parseStatus(`[GNUPG:] ${text}`).verdict).not.toBe('signed');
      }),
    );
  });

  it('takes only one letter of git for a good signature', () =>
    expect([...'GBUXYREN?'].map(verdictOf).filter((verdict) => verdict === 'signed')).toHaveLength(1));
});

describe('commitsToSeals', () => {
  const history = parseHistory(
    ['d', 'b c', '', '\nb', 'a', 'because', '\nc', 'a', '', '\na', 'r', '', '\nr', '', '', ''].join('\0'),
  );
  const none = new Set<string>();

  it('goes back to the first seal of each line', () => {
    expect(commitsToSeals('d', history, none)).toEqual(['d', 'b', 'c', 'a', 'r']);
    expect(commitsToSeals('b', history, none)).toEqual(['b']);
  });

  it('does not take the end of what was fetched for the beginning', () => {
    expect(commitsToSeals('d', history, new Set(['a']))).toBeUndefined();
    expect(commitsToSeals('b', history, new Set(['a', 'b']))).toEqual(['b']);
    expect(commitsToSeals('x', history, none)).toBeUndefined();
  });
});

describe('mistakeIn', () => {
  const pub = `pub:-:255:22:${KEY}:1:::-:::sc::::::0:\nfpr:::::::::BBBB${KEY}:`;
  it.each<[string, string, string | undefined]>([
    ['the key of its name', pub, undefined],
    ['another key', pub.replaceAll(KEY, 'AAAAAAAAAAAAAAAA'), 'holds the key AAAAAAAAAAAAAAAA'],
    ['two keys', `${pub}\n${pub}`, 'holds 2 keys in place of one'],
    ['no key', '', 'holds 0 keys in place of one'],
    ['a secret key', pub.replace('pub:', 'sec:'), 'is a secret key; give the public one'],
  ])('of %s', (_name, listing, mistake) => expect(mistakeIn(listing, KEY)).toBe(mistake));
});
