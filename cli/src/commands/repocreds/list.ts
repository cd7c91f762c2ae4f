import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the logins for groups of repositories. What they log in with is never told.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or url' },
  },
  examples: [{ what: 'All of them', line: 'tiphys repocreds list' }],
  async run({ connect, out }, { flags }) {
    const items = await (await connect()).credentials.list();
    printList(out, flags.output, items, {
      header: ['URL PATTERN', 'USERNAME', 'SSH_CREDS', 'TLS_CREDS'],
      row: ({ url, username }) => [url, (username ?? '') === '' ? '-' : (username ?? ''), 'false', 'false'],
      word: ['url', ({ url }) => url],
    });
    return 0;
  },
});
