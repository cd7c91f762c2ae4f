import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Prints the token that this client sends.',
  flags: { output: { kind: 'text', short: 'o', hidden: true, describe: 'Not used' } },
  examples: [{ what: 'For a script', line: 'TOKEN=$(tiphys account session-token)' }],
  async run({ connect, out }) {
    const { token } = (await connect()).target;
    if (token === undefined)
      throw new Failure('This context has no token.', { hints: ['tiphys login SERVER gets one.'] });
    out.line(token);
    return 0;
  },
});
