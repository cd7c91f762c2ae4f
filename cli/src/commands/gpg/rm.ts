import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'KEYID',
  args: { min: 1, max: 1 },
  description: 'Removes an OpenPGP key: what it signed counts as not signed from then on.',
  flags: {},
  examples: [{ what: 'Remove one', line: 'tiphys gpg rm 0123456789ABCDEF' }],
  confirm: ([id]) => `Remove the key ${id ?? ''}`,
  async run({ connect, out }, { args: [id = ''] }) {
    await (await connect()).gpgKeys.removeWhere({ keyID: id });
    out.line(`Deleted key with key ID ${id}`);
    return 0;
  },
});
