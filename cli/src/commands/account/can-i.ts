import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'ACTION RESOURCE SUBRESOURCE',
  args: { min: 3, max: 3 },
  description: 'Answers yes or no to the question whether you may do something.',
  flags: {},
  examples: [
    { what: 'May I sync this application', line: 'tiphys account can-i sync applications default/shop' },
    { what: 'May I create any project', line: "tiphys account can-i create projects '*'" },
  ],
  async run({ connect, out }, { args: [action = '', resource = '', object = ''] }) {
    out.line(await (await connect()).accounts.canI(resource, action, object));
    return 0;
  },
});
