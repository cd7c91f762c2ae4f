import type { CommandEntry } from '../program/definition.ts';

/** Single live objects of applications. */
export const objectTable: readonly CommandEntry[] = [
  {
    path: ['app', 'logs'],
    summary: 'Show the logs of the pods of an application',
    load: () => import('./app/logs.ts'),
  },
  {
    path: ['app', 'resources'],
    summary: 'List the objects of an application',
    load: () => import('./app/resources.ts'),
  },
  {
    path: ['app', 'get-resource'],
    summary: 'Show live objects of an application',
    load: () => import('./app/get-resource.ts'),
  },
  {
    path: ['app', 'patch-resource'],
    summary: 'Patch live objects of an application',
    load: () => import('./app/patch-resource.ts'),
  },
  {
    path: ['app', 'delete-resource'],
    summary: 'Delete live objects of an application',
    load: () => import('./app/delete-resource.ts'),
  },
  { path: ['app', 'patch'], summary: 'Patch an application', load: () => import('./app/patch.ts') },
  {
    path: ['app', 'confirm-deletion'],
    summary: 'Allow deletions and prunings that wait for it',
    load: () => import('./app/confirm-deletion.ts'),
  },
];
