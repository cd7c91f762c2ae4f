import { checkFormat } from '../../output/format.ts';
import { formatObjects, formatObjectTree } from '../../output/object-list.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Lists the objects of an application, and those of its namespace that belong to nobody where its project watches them.',
  flags: {
    orphaned: {
      kind: 'switch',
      describe: 'Only those that belong to nobody; --orphaned=false leaves them out',
    },
    output: { kind: 'text', default: '', describe: 'Format: tree or tree=detailed; a list without it' },
    project: { kind: 'text', describe: 'The project of the application' },
    'app-namespace': appNamespace,
  },
  examples: [
    { what: 'What there is', line: 'tiphys app resources shop' },
    { what: 'With what it owns', line: 'tiphys app resources shop --output tree' },
  ],
  async run({ connect, out, now }, { args: [name = ''], flags, given }) {
    const format = checkFormat(flags.output, ['', 'tree', 'tree=detailed'] as const);
    const api = await connect();
    const { nodes, orphanedNodes } = await api.objects.tree(
      parseAppRef(name, flags['app-namespace']),
      flags.project,
    );
    const isAll = !given.has('orphaned');
    const shown = [
      ...(isAll || !flags.orphaned ? (nodes ?? []) : []).map((node) => ({ node, isOrphaned: false })),
      ...(isAll || flags.orphaned ? (orphanedNodes ?? []) : []).map((node) => ({ node, isOrphaned: true })),
    ];
    if (format === '') out.write(formatObjects(shown));
    else out.write(formatObjectTree(shown, { isDetailed: format === 'tree=detailed', now: now() }));
    return 0;
  },
});
