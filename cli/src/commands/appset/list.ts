import { qualifiedSetName } from '../../api/schemas/application-set.ts';
import { appsetHeader, appsetRow } from '../../output/appset-list.ts';
import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';
import { appsetNamespace } from './flags.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the application sets that you may see.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or name' },
    selector: {
      kind: 'text',
      short: 'l',
      describe: 'Only application sets whose labels match, such as `team=web,tier!=db`',
    },
    project: {
      kind: 'list',
      short: 'p',
      describe: 'Only application sets of this project',
      placeholder: 'project',
    },
    'appset-namespace': appsetNamespace,
  },
  examples: [
    { what: 'All application sets', line: 'tiphys appset list' },
    { what: 'The names of those of a team', line: 'tiphys appset list -l team=web -o name' },
  ],
  async run({ connect, out }, { flags }) {
    const appsets = await (
      await connect()
    ).applicationSets.list({
      projects: flags.project,
      ...(flags.selector === undefined ? {} : { selector: flags.selector }),
      ...(flags['appset-namespace'] === undefined ? {} : { namespace: flags['appset-namespace'] }),
    });
    printList(out, flags.output, appsets, {
      header: appsetHeader,
      row: appsetRow,
      word: ['name', qualifiedSetName],
    });
    return 0;
  },
});
