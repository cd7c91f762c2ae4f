import { defineCommand } from '../../program/definition.ts';
import { chosen, managedTargets } from './actions/targets.ts';
import { parseAppRef } from './app-ref.ts';
import { needed, objectFlags, projectIn } from './object-flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Patches live objects of an application; several only with --all. What differs from git afterwards shows as drift.',
  flags: {
    ...objectFlags,
    patch: { kind: 'text', describe: 'The patch (needed)' },
    'patch-type': {
      kind: 'text',
      default: 'application/merge-patch+json',
      describe:
        'application/json-patch+json, application/merge-patch+json or application/strategic-merge-patch+json',
    },
  },
  examples: [
    {
      what: 'Scale a Deployment',
      line: `tiphys app patch-resource shop --kind Deployment --resource-name web --patch '{"spec":{"replicas":2}}'`,
    },
  ],
  async run({ connect, err }, { args: [name = ''], flags }) {
    needed(flags, 'kind', 'patch');
    const ref = parseAppRef(name, flags['app-namespace']);
    const api = await connect();
    const patch = { type: flags['patch-type'], text: flags.patch ?? '' };
    for (const target of chosen(await managedTargets(api, ref, flags), flags.all)) {
      await api.objects.patch(ref, { ...target, ...projectIn(flags.project) }, patch);
      err.line(`Resource '${target.resourceName}' patched`);
    }
    return 0;
  },
});
