import type { SignatureVerdict } from '@tiphys/project-policy';

/** Git's letters for how a signature was found (`%G?`). */
const LETTERS: Readonly<Record<string, SignatureVerdict>> = {
  G: 'signed',
  B: 'bad signature',
  U: 'signed with untrusted key',
  X: 'expired signature',
  Y: 'signed with expired key',
  R: 'signed with revoked key',
  E: 'signed with key not in keyring',
  N: 'unsigned',
};

/** What git's letter means; a letter that nobody knows is a bad signature. */
export const verdictOf = (letter: string): SignatureVerdict => LETTERS[letter] ?? 'bad signature';

/** GnuPG's words that tell of a signature. One of them stands for each. */
const WORDS: Readonly<Record<string, SignatureVerdict>> = {
  GOODSIG: 'signed',
  BADSIG: 'bad signature',
  EXPSIG: 'expired signature',
  EXPKEYSIG: 'signed with expired key',
  REVKEYSIG: 'signed with revoked key',
  ERRSIG: 'signed with key not in keyring',
};
const PREFIX = '[GNUPG:] ';

export interface SignatureStatus {
  readonly verdict: SignatureVerdict;
  readonly keyId: string;
  readonly primaryKeyId?: string;
}

/**
 * Reads GnuPG's status lines about one signed object. More than one signature is a bad one, as nobody knows which was
 * meant; a good one counts only with the line that gives the key that made it.
 */
export function parseStatus(text: string): SignatureStatus {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(PREFIX))
    .map((line) => line.slice(PREFIX.length).trim().split(' '));
  const found = lines.filter(([word = '']) => Object.hasOwn(WORDS, word));
  const [word = '', keyId = ''] = found[0] ?? [];
  if (found.length === 0) return { verdict: 'unsigned', keyId: '' };
  if (found.length > 1) return { verdict: 'bad signature', keyId };
  const valid = lines.find(([name]) => name === 'VALIDSIG');
  const primary = valid?.[10] ?? '';
  const verdict = WORDS[word] ?? 'bad signature';
  return {
    verdict: verdict === 'signed' ? goodVerdict(lines) : verdict,
    keyId,
    ...(primary === '' ? {} : { primaryKeyId: primary.slice(-16) }),
  };
}

function goodVerdict(lines: readonly (readonly string[])[]): SignatureVerdict {
  const has = (...words: readonly string[]): boolean => lines.some(([word = '']) => words.includes(word));
  if (!has('VALIDSIG')) return 'bad signature';
  // A keyring that trusts all of its keys says nothing of trust.
  return has('TRUST_UNDEFINED', 'TRUST_NEVER') ? 'signed with untrusted key' : 'signed';
}
