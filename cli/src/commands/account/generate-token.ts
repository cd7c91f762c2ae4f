import { defineCommand } from '../../program/definition.ts';
import { secondsOf } from '../lifetime.ts';
import { accountFlag, accountOr } from './subject.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Makes a token of an account, for programs. It is shown once.',
  flags: {
    account: accountFlag,
    'expires-in': {
      kind: 'text',
      short: 'e',
      default: '0s',
      describe: 'How long it lives, such as 24h or 7d; 0s: for ever',
    },
    id: { kind: 'text', describe: 'Id of the token (default: a new one)' },
  },
  examples: [
    {
      what: 'A token of a robot for a month',
      line: 'tiphys account generate-token --account ci --expires-in 30d',
    },
  ],
  async run({ connect, out }, { flags }) {
    const expiresIn = secondsOf(flags['expires-in'], 'expires-in');
    const api = await connect();
    const account = await accountOr(api, flags.account);
    out.line(await api.accounts.createToken(account, { expiresIn, id: flags.id ?? '' }));
    return 0;
  },
});
