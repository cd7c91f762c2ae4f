import { defineCommand } from '../../program/definition.ts';
import { printOne } from '../declared-output.ts';

export const command = defineCommand({
  usage: 'KEYID',
  args: { min: 1, max: 1 },
  description: 'Shows an OpenPGP key.',
  flags: { output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' } },
  examples: [{ what: 'Show one', line: 'tiphys gpg get 0123456789ABCDEF' }],
  async run({ connect, out }, { args: [id = ''], flags }) {
    const key = await (await connect()).gpgKeys.get(id);
    printOne(out, flags.output, key, ({ keyID, fingerprint, subType, owner, keyData }) =>
      [
        `Key ID:          ${keyID}`,
        `Key fingerprint: ${fingerprint ?? ''}`,
        `Key subtype:     ${(subType ?? '').toUpperCase()}`,
        `Key owner:       ${owner ?? ''}`,
        'Key data follows until EOF:',
        `${keyData ?? ''}\n`,
      ].join('\n'),
    );
    return 0;
  },
});
