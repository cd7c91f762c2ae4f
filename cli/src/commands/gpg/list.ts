import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the OpenPGP keys that commits may be signed with.',
  flags: { output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' } },
  examples: [{ what: 'All keys', line: 'tiphys gpg list' }],
  async run({ connect, out }, { flags }) {
    printList(out, flags.output, await (await connect()).gpgKeys.list(), {
      header: ['KEYID', 'TYPE', 'IDENTITY'],
      row: ({ keyID, subType, owner }) => [keyID, (subType ?? '').toUpperCase(), owner ?? ''],
    });
    return 0;
  },
});
