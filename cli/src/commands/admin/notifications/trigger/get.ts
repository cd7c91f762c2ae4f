import type { Condition } from '@tiphys/notify-rules';
import { defineCommand } from '../../../../program/definition.ts';
import { notificationFlags } from '../flags.ts';
import { readNotifications } from '../settings.ts';
import { listOutput, printListed } from '../shown.ts';

export const command = defineCommand({
  usage: '[NAME]',
  args: { min: 0, max: 1 },
  description: 'Lists the triggers of notifications, or shows one.',
  flags: { ...notificationFlags, output: listOutput },
  examples: [{ what: 'All of them', line: 'tiphys admin notifications trigger get -n argocd' }],
  async run(invocation, { args: [name], flags }) {
    const { config } = await readNotifications(invocation, flags);
    const items = [...config.triggers].map(([trigger, conditions]) => ({
      name: trigger,
      rows: conditions.map(({ send, when }) => [trigger, send.join(', '), when]),
      value: { name: trigger, conditions: conditions.map(conditionOf) },
    }));
    const header = ['NAME', 'TEMPLATE', 'CONDITION'];
    printListed(items, { name, format: flags.output, header }, invocation.out);
    return 0;
  },
});

const conditionOf = ({ when, send, oncePer }: Condition) => ({
  when,
  send,
  ...(oncePer === undefined ? {} : { oncePer }),
});
