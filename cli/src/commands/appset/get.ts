import { formatAppSet } from '../../output/appset-summary.ts';
import { formatAppSetParameters } from '../../output/appset-parameters.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from '../app/app-ref.ts';
import { printOne } from '../declared-output.ts';
import { appsetNamespace, output } from './flags.ts';

export const command = defineCommand({
  usage: 'APPSETNAME',
  args: { min: 1, max: 1 },
  description: 'Shows an application set and how its controller fares with it.',
  flags: {
    output,
    'show-params': { kind: 'switch', describe: 'Show the parameters of the template too' },
    'appset-namespace': appsetNamespace,
  },
  examples: [
    { what: 'An application set', line: 'tiphys appset get shops' },
    { what: 'One of another namespace, whole', line: 'tiphys appset get team-a/shops -o yaml' },
  ],
  async run({ connect, out }, { args: [name = ''], flags }) {
    const { applicationSets } = await connect();
    const appset = await applicationSets.get(parseAppRef(name, flags['appset-namespace']));
    printOne(out, flags.output, appset, (found) =>
      flags['show-params'] ? `${formatAppSet(found)}${formatAppSetParameters(found)}` : formatAppSet(found),
    );
    return 0;
  },
});
