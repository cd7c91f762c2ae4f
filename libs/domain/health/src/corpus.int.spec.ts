import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, hasCode, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { hasHealthRule, statusHealthOf } from './index.ts';

const corpus = resolve(import.meta.dirname, '../../../../../shared/corpora/health');

interface Case {
  readonly input: string;
  readonly status: string;
  readonly message: string;
}

function read(path: string): readonly JsonValue[] {
  const text = readFileSync(path, 'utf8');
  try {
    return parseYamlDocuments(text, { file: path });
  } catch (error) {
    if (!hasCode(error, 'invalid')) throw error;
    return parseYamlDocuments(onOneLine(text), { file: path });
  }
}

/** Puts each single-quoted text that goes on without indentation, which only some YAML readers take, on one line. */
function onOneLine(text: string): string {
  const lines: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    if (open) lines.push(`${lines.pop() ?? ''} ${line.trim()}`);
    else lines.push(line);
    const quotes = line.split("'").length - 1;
    if (open ? quotes % 2 === 1 : /: '/.test(line) && quotes % 2 === 1) open = !open;
  }
  return lines.join('\n');
}

const kinds = (): readonly (readonly [string, string])[] =>
  readdirSync(corpus).flatMap((group) =>
    readdirSync(resolve(corpus, group)).map((kind) => [group, kind] as const),
  );

if (existsSync(corpus)) {
  describe.each(kinds())('health corpus: %s %s', (group, kind) => {
    const folder = resolve(corpus, group, kind);
    const cases = read(resolve(folder, 'cases.yaml'))[0] as unknown as readonly Case[];

    it.each(cases)('$input is $status', ({ input, status, message }) => {
      const object = asKubeObject(read(resolve(folder, input))[0]);
      if (object === undefined) throw new Error(`${group}/${kind}/${input} is not a Kubernetes object`);
      expect(hasHealthRule(object)).toBe(true);
      expect(statusHealthOf(object)).toEqual(message === '' ? { status } : { status, message });
    });
  });
} else {
  it('skips the replay: the health corpus is not here', () => {
    process.stderr.write(`no health corpus at ${corpus}: replay skipped\n`);
    expect(existsSync(corpus)).toBe(false);
  });
}
