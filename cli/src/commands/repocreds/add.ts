import { defineCommand } from '../../program/definition.ts';
import { loginFlags, loginOf } from '../repo/login-flags.ts';

export const command = defineCommand({
  usage: 'REPOURL',
  args: { min: 1, max: 1 },
  description: 'Adds a login for all repositories whose address begins with this one.',
  flags: {
    ...loginFlags,
    'proxy-url': { kind: 'text', describe: 'HTTP proxy, as --proxy' },
  },
  examples: [
    {
      what: 'For all of a host',
      line: 'tiphys repocreds add https://git.example.com/ --username ci --password "$TOKEN"',
    },
  ],
  async run({ connect, out, prompter }, { args: [url = ''], flags }) {
    const proxied = { ...flags, proxy: flags.proxy ?? flags['proxy-url'] };
    const body = { url, ...(await loginOf(url, proxied, prompter)) };
    await (await connect()).credentials.create(body, flags.upsert ? { upsert: true } : {});
    out.line(`Repository credentials for '${url}' added`);
    return 0;
  },
});
