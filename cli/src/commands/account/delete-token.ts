import { defineCommand } from '../../program/definition.ts';
import { accountFlag, accountOr } from './subject.ts';

export const command = defineCommand({
  usage: 'ID',
  args: { min: 1, max: 1 },
  description: 'Deletes a token of an account: it is refused from then on.',
  flags: { account: accountFlag },
  examples: [
    { what: 'Take back a token of a robot', line: 'tiphys account delete-token --account ci nightly' },
  ],
  confirm: ([id]) => `Delete the token ${id ?? ''}`,
  async run({ connect }, { args: [id = ''], flags }) {
    const api = await connect();
    await api.accounts.deleteToken(await accountOr(api, flags.account), id);
    return 0;
  },
});
