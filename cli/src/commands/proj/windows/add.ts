import type { Window } from '../../../api/schemas/project.ts';
import { defineCommand, type FlagValues } from '../../../program/definition.ts';
import { editProject, general, split } from '../edit-project.ts';
import { windowFlags } from './flags.ts';

const flags = {
  ...windowFlags,
  kind: { kind: 'text', short: 'k', default: '', describe: 'allow or deny' },
  'manual-sync': { kind: 'switch', describe: 'Let syncs by hand in all the same' },
  'sync-overrun': { kind: 'switch', describe: 'Let a sync that began in time go on when the window closes' },
  'use-and-operator': { kind: 'switch', describe: 'All of applications, namespaces and clusters must fit' },
} as const;

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Adds a window of time in which applications of a project may, or may not, be synced.',
  flags,
  examples: [
    {
      what: 'Syncs at night only',
      line: "tiphys proj windows add team-a --kind allow --schedule '0 22 * * *' --duration 6h --applications '*'",
    },
  ],
  async run(invocation, { args: [project = ''], flags: values }) {
    await editProject(invocation, project, (spec) => ({
      ...spec,
      syncWindows: [...(spec.syncWindows ?? []), windowOf(values)],
    }));
    return 0;
  },
});

function windowOf(values: FlagValues<typeof flags>): Window {
  const { kind, schedule = '', duration = '', description } = values;
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5 && !/^(?:CRON_)?TZ=/.test(schedule)) {
    const found = `found ${String(fields.length)}: [${fields.join(' ')}]`;
    throw general(`cannot parse schedule '${schedule}': expected exactly 5 fields, ${found}`);
  }
  if (kind !== 'allow' && kind !== 'deny') {
    throw general(`kind '${kind}' mismatch: can only be allow or deny`);
  }
  const lists = Object.entries({
    applications: split(values.applications),
    namespaces: split(values.namespaces),
    clusters: split(values.clusters),
  }).filter(([, list]) => list.length > 0);
  return {
    kind,
    schedule,
    duration,
    ...Object.fromEntries(lists),
    manualSync: values['manual-sync'],
    timeZone: values['time-zone'],
    andOperator: values['use-and-operator'],
    syncOverrun: values['sync-overrun'],
    ...(description === undefined ? {} : { description }),
  };
}
