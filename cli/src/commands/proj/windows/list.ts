import { jsonEqual } from '@tiphys/merge';
import type { JsonValue } from '@tiphys/model';
import type { Window } from '../../../api/schemas/project.ts';
import { checkFormat } from '../../../output/format.ts';
import { formatDocument } from '../../../output/document.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';

const HEAD = [
  'ID',
  'STATUS',
  'KIND',
  'SCHEDULE',
  'DURATION',
  'APPLICATIONS',
  'NAMESPACES',
  'CLUSTERS',
  'MANUALSYNC',
  'SYNCOVERRUN',
  'TIMEZONE',
  'USEANDOPERATOR',
];

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Lists the windows of a project. The server says which are open.',
  flags: { output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' } },
  examples: [{ what: 'All windows', line: 'tiphys proj windows list team-a' }],
  async run({ connect, out }, { args: [project = ''], flags }) {
    const format = checkFormat(flags.output, ['wide', 'json', 'yaml'] as const);
    const { projects } = await connect();
    const windows = (await projects.get(project)).spec.syncWindows ?? [];
    if (format !== 'wide') {
      out.write(formatDocument(windows, format));
      return 0;
    }
    const open = await projects.openWindows(project);
    out.write(formatTable([HEAD, ...windows.map((window, id) => rowOf(window, id, open))]));
    return 0;
  },
});

function rowOf(window: Window, id: number, open: readonly Window[]): readonly string[] {
  const list = (values: readonly string[] | null | undefined): string =>
    (values ?? []).length === 0 ? '-' : (values ?? []).join(',');
  const state = (on: boolean | null | undefined): string => (on === true ? 'Enabled' : 'Disabled');
  const isOpen = open.some((each) => jsonEqual(each as unknown as JsonValue, window as unknown as JsonValue));
  return [
    String(id),
    isOpen ? 'Active' : 'Inactive',
    window.kind ?? '',
    window.schedule ?? '',
    window.duration ?? '',
    list(window.applications),
    list(window.namespaces),
    list(window.clusters),
    state(window.manualSync),
    state(window.syncOverrun),
    window.timeZone ?? '',
    state(window.andOperator),
  ];
}
