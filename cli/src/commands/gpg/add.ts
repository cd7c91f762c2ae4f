import { addedKeysSchema } from '../../api/schemas/declared.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { readText } from '../repo/login-flags.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Adds the public keys of a file.',
  flags: {
    from: { kind: 'text', short: 'f', describe: 'File with armoured public keys', placeholder: 'path' },
  },
  examples: [{ what: 'From a file', line: 'tiphys gpg add --from signer.asc' }],
  async run({ connect, out }, { flags }) {
    if (flags.from === undefined) throw new Failure('--from is mandatory', { exitCode: exitCodes.general });
    const body = { keyData: await readText(flags.from) };
    const answer = addedKeysSchema.parse(await (await connect()).gpgKeys.create(body));
    const added = String((answer.created?.items ?? []).length);
    const skipped = (answer.skipped ?? []).length;
    const rest = `, and ${String(skipped)} key(s) were skipped because they exist already`;
    out.line(`Created ${added} key(s) from input file${skipped === 0 ? '' : rest}.`);
    return 0;
  },
});
