import { defineCommand } from '../../program/definition.ts';
import { chosen, managedTargets } from './actions/targets.ts';
import { parseAppRef } from './app-ref.ts';
import { needed, objectFlags, projectIn } from './object-flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Deletes live objects of an application, and what they own; several only with --all. The next sync makes again what git has.',
  flags: {
    ...objectFlags,
    force: { kind: 'switch', describe: 'Delete at once, without time to end well' },
    orphan: { kind: 'switch', describe: 'Leave what the objects own' },
  },
  examples: [
    {
      what: 'Delete a config map',
      line: 'tiphys app delete-resource shop --kind ConfigMap --resource-name settings',
    },
  ],
  async run({ connect, err }, { args: [name = ''], flags }) {
    needed(flags, 'kind');
    const ref = parseAppRef(name, flags['app-namespace']);
    const { force, orphan } = flags;
    const api = await connect();
    for (const target of chosen(await managedTargets(api, ref, flags), flags.all)) {
      await api.objects.delete(ref, { ...target, ...projectIn(flags.project) }, { force, orphan });
      err.line(`Resource '${target.resourceName}' deleted`);
    }
    return 0;
  },
});
