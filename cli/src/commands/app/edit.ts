import type { JsonObject } from '@tiphys/model';
import { defineCommand } from '../../program/definition.ts';
import { editDocument } from '../../program/editor.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Opens the spec of an application in an editor ($EDITOR) and writes it back.',
  flags: { 'app-namespace': appNamespace },
  examples: [
    { what: 'Edit', line: 'tiphys app edit shop' },
    { what: 'With another editor', line: 'EDITOR=nano tiphys app edit shop' },
  ],
  async run(invocation, { args: [name = ''], flags }) {
    const { applications } = await invocation.connect();
    const ref = parseAppRef(name, flags['app-namespace']);
    const app = await applications.get(ref);
    await editDocument(invocation, {
      document: app.spec as unknown as JsonObject,
      name: `${ref.name}-spec`,
      save: (spec) => applications.updateSpec(ref, spec, false),
    });
    return 0;
  },
});
