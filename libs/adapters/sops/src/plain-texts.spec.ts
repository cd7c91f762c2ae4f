import { describe, expect, it } from 'vitest';
import { plainTexts } from './plain-texts.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const CIPHER = 'ENC[AES256_GCM,data:AAAA]';
const SECRET = 'correct-horse';

describe('the texts that were encrypted', () => {
  it('are the values that are ciphertext in the file, not those beside them', () => {
    const before = `a: ${CIPHER}\nb:\n- clear-text\n- ${CIPHER}\nc:\n  d: ${CIPHER}\nsops: {}\n`;
    const after = `a: ${SECRET}\nb: [clear-text, second-secret]\nc: {d: 12345}\n`;
    const texts = plainTexts('yaml', bytes(before), bytes(after));
    expect(texts).toEqual(expect.arrayContaining([SECRET, 'second-secret', '12345']));
    expect(texts).not.toContain('clear-text');
  });

  it.each([
    ['dotenv', `A=${SECRET}\n`],
    ['ini', `[x]\nA = ${SECRET}\n`],
    ['binary', SECRET],
  ] as const)('are all values of %s files', (format, after) => {
    expect(plainTexts(format, bytes(''), bytes(after))).toContain(SECRET);
  });

  it('come in the forms that tools repeat', () => {
    const texts = plainTexts('binary', bytes(''), bytes(`two\nlines of "${SECRET}"`)) ?? [];
    expect(texts).toContain(`lines of "${SECRET}"`);
    expect(texts.some((text) => text.includes(`\\"${SECRET}\\"`))).toBe(true);
    const opened = plainTexts('binary', bytes(''), Buffer.from(bytes(SECRET).toString('base64')));
    expect(opened).toContain(SECRET);
  });

  it.each(['', '.', '..'])('are found in base64 that begins with %j', (before) => {
    const encoded = bytes(`${before}${SECRET}-and-more`).toString('base64');
    const found = (plainTexts('binary', bytes(''), bytes(SECRET)) ?? []).filter((text) => {
      const body = text.replace(/=+$/, '').slice(0, -1);
      return body.length >= 8 && encoded.includes(body);
    });
    expect(found).not.toEqual([]);
  });

  it('are everything where the file cannot be read, and too many to tell where there are too many', () => {
    const broken = 'a: [\n';
    expect(plainTexts('yaml', bytes(broken), bytes(`a: [ ${SECRET}\n`))).toContain(`a: [ ${SECRET}`);
    const many = Array.from({ length: 30_000 }, () => 'A=secret').join('\n');
    expect(plainTexts('dotenv', bytes(''), bytes(many))).toBeUndefined();
  });
});
