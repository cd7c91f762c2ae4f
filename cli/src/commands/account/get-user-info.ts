import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Shows who you are for the server.',
  flags: { output: { kind: 'text', short: 'o', default: '', describe: 'Format: json or yaml' } },
  examples: [{ what: 'Who am I', line: 'tiphys account get-user-info' }],
  async run({ connect, out }, { flags }) {
    const format = checkFormat(flags.output, ['', 'json', 'yaml'] as const);
    const info = await (await connect()).accounts.userInfo();
    if (format !== '') {
      out.write(formatDocument(info, format));
      return 0;
    }
    out.line(`Logged In: ${String(info.loggedIn ?? false)}`);
    if (info.loggedIn === true) {
      out.line(`Username: ${info.username ?? ''}`);
      out.line(`Issuer: ${info.iss ?? ''}`);
      out.line(`Groups: ${(info.groups ?? []).join(',')}`);
    }
    return 0;
  },
});
