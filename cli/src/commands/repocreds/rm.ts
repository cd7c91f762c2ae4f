import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'CREDSURL',
  args: { min: 1, max: 1 },
  description: 'Removes the login for a group of repositories.',
  flags: {},
  examples: [{ what: 'Remove that of a host', line: 'tiphys repocreds rm https://git.example.com/' }],
  confirm: ([url]) => `Remove the login for ${url ?? ''}`,
  async run({ connect, out }, { args: [url = ''] }) {
    await (await connect()).credentials.remove(url);
    out.line(`Repository credentials for '${url}' removed`);
    return 0;
  },
});
