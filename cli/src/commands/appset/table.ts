import type { CommandEntry } from '../../program/definition.ts';

/** The commands about ApplicationSets. */
export const appsetTable: readonly CommandEntry[] = [
  { path: ['appset', 'list'], summary: 'List application sets', load: () => import('./list.ts') },
  { path: ['appset', 'get'], summary: 'Show an application set', load: () => import('./get.ts') },
  { path: ['appset', 'create'], summary: 'Create application sets', load: () => import('./create.ts') },
  {
    path: ['appset', 'generate'],
    summary: 'Show the applications that an application set would have',
    load: () => import('./generate.ts'),
  },
  { path: ['appset', 'delete'], summary: 'Delete application sets', load: () => import('./delete.ts') },
];
