import type { JsonObject } from '@tiphys/model';
import { formatDocument } from '../../../output/document.ts';
import { formatTextDiff } from '../../../output/text-diff.ts';
import { defineCommand } from '../../../program/definition.ts';
import { readResults } from './reconcile-results.ts';

export const command = defineCommand({
  usage: 'PATH1 PATH2',
  args: { min: 2, max: 2 },
  description: 'Shows which applications are otherwise in the second file of get-reconcile-results.',
  flags: {},
  examples: [
    {
      what: 'Before and after an upgrade',
      line: 'tiphys admin app diff-reconcile-results before.yaml after.yaml',
    },
  ],
  async run({ out }, { args: [first = '', second = ''] }) {
    const [before, after] = [await readResults(first), await readResults(second)];
    for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const diff = formatTextDiff(textOf(before.get(name)), textOf(after.get(name)), {
        format: 'normal',
        paint: out.paint,
      });
      if (diff === '') continue;
      out.line(out.paint(`===== ${name} ======`, 'bold'));
      out.write(diff);
    }
    return 0;
  },
});

const textOf = (result: JsonObject | undefined): string =>
  result === undefined ? '' : formatDocument(result, 'yaml');
