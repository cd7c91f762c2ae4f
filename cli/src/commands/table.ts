import type { CommandEntry } from '../program/definition.ts';
import { accessTable } from './access-table.ts';
import { adminGroups, adminTable } from './admin/table.ts';
import { appsetTable } from './appset/table.ts';
import { localTable } from './local-table.ts';
import { objectTable } from './object-table.ts';

/** Every command of the program. The modules are loaded when they are asked for. */
export const table: readonly CommandEntry[] = [
  { path: ['login'], summary: 'Log in to a server', load: () => import('./session/login.ts') },
  {
    path: ['relogin'],
    summary: 'Log in again to the same server',
    load: () => import('./session/relogin.ts'),
  },
  { path: ['logout'], summary: 'Log out of a context', load: () => import('./session/logout.ts') },
  {
    path: ['context'],
    summary: 'List, switch or delete contexts',
    load: () => import('./context/context.ts'),
  },
  {
    path: ['version'],
    summary: 'Show the versions of client and server',
    load: () => import('./version/version.ts'),
  },
  { path: ['app', 'list'], summary: 'List applications', load: () => import('./app/list.ts') },
  { path: ['app', 'get'], summary: 'Show an application', load: () => import('./app/get.ts') },
  { path: ['app', 'create'], summary: 'Create an application', load: () => import('./app/create.ts') },
  {
    path: ['app', 'sync'],
    summary: 'Bring applications to their desired state',
    load: () => import('./app/sync.ts'),
  },
  {
    path: ['app', 'wait'],
    summary: 'Wait until applications reach a state',
    load: () => import('./app/wait.ts'),
  },
  { path: ['app', 'delete'], summary: 'Delete applications', load: () => import('./app/delete.ts') },
  {
    path: ['app', 'diff'],
    summary: 'Compare live objects with the desired ones',
    load: () => import('./app/diff.ts'),
  },
  {
    path: ['app', 'manifests'],
    summary: 'Print the manifests of an application',
    load: () => import('./app/manifests.ts'),
  },
  {
    path: ['app', 'history'],
    summary: 'Show what was deployed when',
    load: () => import('./app/history.ts'),
  },
  {
    path: ['app', 'rollback'],
    summary: 'Go back to an earlier deployment',
    load: () => import('./app/rollback.ts'),
  },
  {
    path: ['app', 'terminate-op'],
    summary: 'Stop the running operation of an application',
    load: () => import('./app/terminate-op.ts'),
  },
  {
    path: ['app', 'refresh'],
    summary: 'Compare an application anew and show it',
    load: () => import('./app/refresh.ts'),
  },
  {
    path: ['app', 'actions', 'list'],
    summary: 'List what can be done to the objects of an application',
    load: () => import('./app/actions/list.ts'),
  },
  {
    path: ['app', 'actions', 'run'],
    summary: 'Run an action on objects of an application',
    load: () => import('./app/actions/run.ts'),
  },
  ...appsetTable,
  ...accessTable,
  ...adminTable,
  ...localTable,
  ...objectTable,
  { path: ['repo', 'add'], summary: 'Add a repository', load: () => import('./repo/add.ts') },
  { path: ['repo', 'list'], summary: 'List repositories', load: () => import('./repo/list.ts') },
  { path: ['repo', 'get'], summary: 'Show a repository', load: () => import('./repo/get.ts') },
  { path: ['repo', 'rm'], summary: 'Remove repositories', load: () => import('./repo/rm.ts') },
  {
    path: ['repocreds', 'add'],
    summary: 'Add a login for a group of repositories',
    load: () => import('./repocreds/add.ts'),
  },
  {
    path: ['repocreds', 'list'],
    summary: 'List logins for groups of repositories',
    load: () => import('./repocreds/list.ts'),
  },
  {
    path: ['repocreds', 'rm'],
    summary: 'Remove a login for a group of repositories',
    load: () => import('./repocreds/rm.ts'),
  },
  { path: ['cluster', 'add'], summary: 'Add a cluster', load: () => import('./cluster/add.ts') },
  { path: ['cluster', 'list'], summary: 'List clusters', load: () => import('./cluster/list.ts') },
  { path: ['cluster', 'get'], summary: 'Show a cluster', load: () => import('./cluster/get.ts') },
  { path: ['cluster', 'set'], summary: 'Change a cluster', load: () => import('./cluster/set.ts') },
  {
    path: ['cluster', 'rotate-auth'],
    summary: 'Give a cluster a new token',
    load: () => import('./cluster/rotate-auth.ts'),
  },
  { path: ['cluster', 'rm'], summary: 'Remove clusters', load: () => import('./cluster/rm.ts') },
  {
    path: ['cert', 'list'],
    summary: 'List certificates and host keys',
    load: () => import('./cert/list.ts'),
  },
  {
    path: ['cert', 'add-tls'],
    summary: 'Add the certificates of a server',
    load: () => import('./cert/add-tls.ts'),
  },
  { path: ['cert', 'add-ssh'], summary: 'Add host keys of servers', load: () => import('./cert/add-ssh.ts') },
  { path: ['cert', 'rm'], summary: 'Remove what servers are known by', load: () => import('./cert/rm.ts') },
  { path: ['gpg', 'list'], summary: 'List OpenPGP keys', load: () => import('./gpg/list.ts') },
  { path: ['gpg', 'get'], summary: 'Show an OpenPGP key', load: () => import('./gpg/get.ts') },
  { path: ['gpg', 'add'], summary: 'Add OpenPGP keys', load: () => import('./gpg/add.ts') },
  { path: ['gpg', 'rm'], summary: 'Remove an OpenPGP key', load: () => import('./gpg/rm.ts') },
];

/** What the groups of commands are for. */
export const groups: Readonly<Record<string, string>> = {
  ...adminGroups,
  repo: 'Manage repositories',
  repocreds: 'Manage logins for groups of repositories',
  cluster: 'Manage clusters',
  cert: 'Manage certificates and ssh host keys',
  gpg: 'Manage OpenPGP keys',

  app: 'Manage applications',
  appset: 'Manage application sets',
  actions: 'Act on the objects of an application',
  account: 'Manage accounts',
  proj: 'Manage projects',
  role: 'Manage the roles of a project',
  windows: 'Manage the sync windows of a project',
  'source-integrity': 'Manage which commits have to be signed',
  git: 'Signatures of git commits',
  policies: 'Manage policies',
};
