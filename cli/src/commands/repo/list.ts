import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';
import { refresh, refreshQuery } from './refresh.ts';
import { repositoryShape } from './shape.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the repositories that you may see, and whether they can be reached.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or url' },
    refresh,
  },
  examples: [
    { what: 'All repositories, their connections looked at now', line: 'tiphys repo list --refresh hard' },
  ],
  async run({ connect, out }, { flags }) {
    const query = refreshQuery(flags.refresh);
    printList(out, flags.output, await (await connect()).repositories.list(query), repositoryShape);
    return 0;
  },
});
