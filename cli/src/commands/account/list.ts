import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { formatTable } from '../../output/table.ts';
import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the local accounts that you may see.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, name, json or yaml' },
  },
  examples: [{ what: 'All accounts', line: 'tiphys account list' }],
  async run({ connect, out }, { flags }) {
    const format = checkFormat(flags.output, ['wide', 'name', 'json', 'yaml'] as const);
    const accounts = await (await connect()).accounts.list();
    if (format === 'json' || format === 'yaml') out.write(formatDocument(accounts, format));
    else if (format === 'name') for (const { name } of accounts) out.line(name ?? '');
    else {
      const rows = accounts.map(({ name, enabled, capabilities }) => [
        name ?? '',
        String(enabled ?? false),
        (capabilities ?? []).join(', '),
      ]);
      out.write(formatTable([['NAME', 'ENABLED', 'CAPABILITIES'], ...rows]));
    }
    return 0;
  },
});
