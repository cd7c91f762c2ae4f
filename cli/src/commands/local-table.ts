import type { CommandEntry } from '../program/definition.ts';

/** Changing specs, and what needs no server. */
export const localTable: readonly CommandEntry[] = [
  { path: ['app', 'set'], summary: 'Change the spec of an application', load: () => import('./app/set.ts') },
  {
    path: ['app', 'unset'],
    summary: 'Take parameters out of an application',
    load: () => import('./app/unset.ts'),
  },
  {
    path: ['app', 'edit'],
    summary: 'Edit the spec of an application',
    load: () => import('./app/edit.ts'),
  },
  {
    path: ['app', 'add-source'],
    summary: 'Add a source to an application',
    load: () => import('./app/add-source.ts'),
  },
  {
    path: ['app', 'remove-source'],
    summary: 'Remove a source of an application',
    load: () => import('./app/remove-source.ts'),
  },
  { path: ['proj', 'edit'], summary: 'Edit the spec of a project', load: () => import('./proj/edit.ts') },
  {
    path: ['completion'],
    summary: 'Write a completion script for a shell',
    load: () => import('./completion/completion.ts'),
  },
  {
    path: ['configure'],
    summary: 'Change settings of the configuration file',
    load: () => import('./configure/configure.ts'),
  },
];
