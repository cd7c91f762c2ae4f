import type { ResourceAction } from '../../../api/schemas/resources.ts';
import { formatDocument } from '../../../output/document.ts';
import { checkFormat } from '../../../output/format.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { parseAppRef } from '../app-ref.ts';
import { targetFlags } from './flags.ts';
import { actionTargets, type ActionTarget } from './targets.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Lists what can be done to the objects of an application.',
  flags: {
    ...targetFlags,
    out: { kind: 'text', short: 'o', default: '', describe: 'Format: wide, json or yaml' },
  },
  examples: [
    { what: 'All actions of an application', line: 'tiphys app actions list shop' },
    { what: 'Those of one Deployment', line: 'tiphys app actions list shop --kind Deployment' },
  ],
  async run({ connect, out }, { args, flags }) {
    const format = checkFormat(flags.out, ['', 'wide', 'json', 'yaml'] as const);
    const ref = parseAppRef(args[0] ?? '', flags['app-namespace']);
    const api = await connect();
    const rows: ActionRow[] = [];
    for (const target of await actionTargets(api, ref, flags))
      for (const action of await api.applications.actions(ref, { ...target }))
        rows.push(rowOf(target, action));
    rows.sort(byTarget);
    if (format === 'json' || format === 'yaml') out.write(formatDocument(rows, format));
    else out.write(formatActions(rows));
    return 0;
  },
});

interface ActionRow {
  readonly Group: string;
  readonly Kind: string;
  readonly Name: string;
  readonly Action: string;
  readonly Disabled: boolean;
}

const rowOf = (target: ActionTarget, action: ResourceAction): ActionRow => ({
  Group: target.group,
  Kind: target.kind,
  Name: target.resourceName,
  Action: action.name,
  Disabled: action.disabled ?? false,
});

const sortKey = ({ Group, Kind, Name, Action }: ActionRow): string => [Group, Kind, Name, Action].join('\0');
const byTarget = (a: ActionRow, b: ActionRow): number => (sortKey(a) < sortKey(b) ? -1 : 1);

const formatActions = (rows: readonly ActionRow[]): string =>
  formatTable([
    ['GROUP', 'KIND', 'NAME', 'ACTION', 'DISABLED'],
    ...rows.map(({ Group, Kind, Name, Action, Disabled }) => [Group, Kind, Name, Action, String(Disabled)]),
  ]);
