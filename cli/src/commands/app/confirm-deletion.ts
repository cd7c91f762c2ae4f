import { annotations } from '@tiphys/model';
import type { App } from '../../api/schemas/application.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Allows the deletion or pruning of those objects of an application that are marked to wait for it.',
  flags: { 'app-namespace': appNamespace },
  examples: [{ what: 'Let a deletion go on', line: 'tiphys app confirm-deletion shop' }],
  async run({ connect, out, now }, { args: [name = ''], flags }) {
    const api = await connect();
    const app = await api.applications.get(parseAppRef(name, flags['app-namespace']));
    await api.objects.update(approved(app, now()));
    out.line(`Application '${name}' updated successfully`);
    return 0;
  },
});

function approved(app: App, now: Date): App {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const { metadata } = app;
  const before = (metadata as { readonly annotations?: Readonly<Record<string, string>> }).annotations;
  return {
    ...app,
    metadata: { ...metadata, annotations: { ...before, [annotations.deletionApproved]: time } },
  };
}
