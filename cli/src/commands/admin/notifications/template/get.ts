import { stringAt, type JsonObject } from '@tiphys/model';
import { defineCommand } from '../../../../program/definition.ts';
import { notificationFlags } from '../flags.ts';
import { readNotifications } from '../settings.ts';
import { listOutput, printListed } from '../shown.ts';

const WIDTH = 100;

export const command = defineCommand({
  usage: '[NAME]',
  args: { min: 0, max: 1 },
  description: 'Lists the templates of notifications, or shows one.',
  flags: { ...notificationFlags, output: listOutput },
  examples: [
    { what: 'All of them', line: 'tiphys admin notifications template get -n argocd' },
    { what: 'One', line: 'tiphys admin notifications template get app-sync-failed -o yaml -n argocd' },
  ],
  async run(invocation, { args: [name], flags }) {
    const { config } = await readNotifications(invocation, flags);
    const items = [...config.templates].map(([template, value]) => ({
      name: template,
      rows: [[template, previewOf(value)]],
      value: { name: template, ...value },
    }));
    printListed(items, { name, format: flags.output, header: ['NAME', 'PREVIEW'] }, invocation.out);
    return 0;
  },
});

function previewOf(template: JsonObject): string {
  const text = (stringAt(template, 'message') ?? '').trim().split('\n')[0] ?? '';
  return text.length > WIDTH ? `${text.slice(0, WIDTH)}...` : text;
}
