import type { FlagSet } from '../../../program/definition.ts';

/** What a window is made of. */
export const windowFlags = {
  applications: { kind: 'list', commas: true, describe: 'Names of applications, or globs over them' },
  clusters: { kind: 'list', commas: true, describe: 'Clusters that are deployed to' },
  namespaces: { kind: 'list', commas: true, describe: 'Namespaces that are deployed to' },
  description: { kind: 'text', describe: 'Why the window is there' },
  duration: { kind: 'text', describe: 'How long it is open, such as 1h30m' },
  schedule: { kind: 'text', describe: 'When it opens, as five fields of cron' },
  'time-zone': { kind: 'text', default: 'UTC', describe: 'Zone that the schedule is read in' },
} as const satisfies FlagSet;
