import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BASELINE, buf } from './contract.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tiphys-contract-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the internal contracts', () => {
  it('follow the rules', () => {
    expect(buf(['lint', '.'])).toBe('');
  });

  it('can be read by the last release', () => {
    expect(buf(['breaking', '.', '--against', BASELINE])).toBe('');
  });

  it('would be found out if they could not', () => {
    cpSync(join(import.meta.dirname, '../../proto'), scratch, { recursive: true });
    const file = join(scratch, 'tiphys/repo/v1/repo.proto');
    const changed = readFileSync(file, 'utf8').replace('string revision = 3;', 'bytes revision = 3;');
    writeFileSync(file, changed);
    expect(() => buf(['breaking', '.', '--against', BASELINE], scratch)).toThrow(/field "3"|"revision"/i);
  });
});
