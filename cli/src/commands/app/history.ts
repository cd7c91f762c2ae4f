import { checkFormat } from '../../output/format.ts';
import { formatHistory } from '../../output/history.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Shows which revisions of an application were deployed when.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide or id' },
    'app-namespace': appNamespace,
  },
  examples: [
    { what: 'What was deployed', line: 'tiphys app history shop' },
    { what: 'Only the ids, to roll back to one', line: 'tiphys app history shop -o id' },
  ],
  async run({ connect, out }, { args, flags }) {
    const format = checkFormat(flags.output, ['wide', 'id'] as const);
    const api = await connect();
    const app = await api.applications.get(parseAppRef(args[0] ?? '', flags['app-namespace']));
    const entries = app.status?.history ?? [];
    if (format === 'id') for (const { id } of entries) out.line(String(id ?? 0));
    else out.write(formatHistory(entries));
    return 0;
  },
});
