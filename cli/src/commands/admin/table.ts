import type { CommandEntry } from '../../program/definition.ts';

/** Commands that need no API server. */
export const adminTable: readonly CommandEntry[] = [
  {
    path: ['admin', 'initial-password'],
    summary: 'Print the first password of the account admin',
    load: () => import('./initial-password.ts'),
  },
  {
    path: ['admin', 'export'],
    summary: 'Print all of the state of the control plane',
    load: () => import('./export.ts'),
  },
  {
    path: ['admin', 'import'],
    summary: 'Restore the state of the control plane',
    load: () => import('./import.ts'),
  },
];

/** What the groups of these commands are for. */
export const adminGroups: Readonly<Record<string, string>> = {
  admin: 'Look after a control plane by its cluster, without its API',
  settings: 'Check settings before they are used',
  rbac: 'Check policies',
  'resource-overrides': 'Try the settings of kinds on an object',
  namespaces: 'Namespaces of clusters',
  notifications: 'Check notifications',
  template: 'Templates of notifications',
  trigger: 'Triggers of notifications',
};
