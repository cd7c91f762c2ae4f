import type { CommandEntry } from '../program/definition.ts';

/** Commands about accounts and projects. */
export const accessTable: readonly CommandEntry[] = [
  { path: ['account', 'list'], summary: 'List accounts', load: () => import('./account/list.ts') },
  { path: ['account', 'get'], summary: 'Show an account', load: () => import('./account/get.ts') },
  {
    path: ['account', 'get-user-info'],
    summary: 'Show who you are',
    load: () => import('./account/get-user-info.ts'),
  },
  {
    path: ['account', 'can-i'],
    summary: 'Ask whether you may do something',
    load: () => import('./account/can-i.ts'),
  },
  {
    path: ['account', 'update-password'],
    summary: 'Set a password',
    load: () => import('./account/update-password.ts'),
  },
  {
    path: ['account', 'generate-token'],
    summary: 'Make a token of an account',
    load: () => import('./account/generate-token.ts'),
  },
  {
    path: ['account', 'delete-token'],
    summary: 'Delete a token of an account',
    load: () => import('./account/delete-token.ts'),
  },
  {
    path: ['account', 'session-token'],
    summary: 'Print the token of the context',
    load: () => import('./account/session-token.ts'),
  },
  {
    path: ['account', 'bcrypt'],
    summary: 'Print the hash of a password',
    load: () => import('./account/bcrypt.ts'),
  },
  { path: ['proj', 'list'], summary: 'List projects', load: () => import('./proj/list.ts') },
  { path: ['proj', 'get'], summary: 'Show a project', load: () => import('./proj/get.ts') },
  { path: ['proj', 'create'], summary: 'Create a project', load: () => import('./proj/create.ts') },
  { path: ['proj', 'set'], summary: 'Set parts of a project', load: () => import('./proj/set.ts') },
  { path: ['proj', 'delete'], summary: 'Delete a project', load: () => import('./proj/delete.ts') },
  {
    path: ['proj', 'add-destination'],
    summary: 'Let a project deploy to a namespace',
    load: () => import('./proj/add-destination.ts'),
  },
  {
    path: ['proj', 'remove-destination'],
    summary: 'Take a destination away',
    load: () => import('./proj/remove-destination.ts'),
  },
  {
    path: ['proj', 'add-destination-service-account'],
    summary: 'Give syncs the rights of an account',
    load: () => import('./proj/add-destination-service-account.ts'),
  },
  {
    path: ['proj', 'remove-destination-service-account'],
    summary: 'Take such an account away',
    load: () => import('./proj/remove-destination-service-account.ts'),
  },
  {
    path: ['proj', 'add-source'],
    summary: 'Let a project deploy from a repository',
    load: () => import('./proj/add-source.ts'),
  },
  {
    path: ['proj', 'remove-source'],
    summary: 'Take a repository away',
    load: () => import('./proj/remove-source.ts'),
  },
  {
    path: ['proj', 'add-source-namespace'],
    summary: 'Let applications live in a namespace',
    load: () => import('./proj/add-source-namespace.ts'),
  },
  {
    path: ['proj', 'remove-source-namespace'],
    summary: 'Take such a namespace away',
    load: () => import('./proj/remove-source-namespace.ts'),
  },
  {
    path: ['proj', 'allow-cluster-resource'],
    summary: 'Permit a cluster-scoped kind',
    load: () => import('./proj/allow-cluster-resource.ts'),
  },
  {
    path: ['proj', 'deny-cluster-resource'],
    summary: 'Forbid a cluster-scoped kind',
    load: () => import('./proj/deny-cluster-resource.ts'),
  },
  {
    path: ['proj', 'allow-namespace-resource'],
    summary: 'Permit a namespaced kind',
    load: () => import('./proj/allow-namespace-resource.ts'),
  },
  {
    path: ['proj', 'deny-namespace-resource'],
    summary: 'Forbid a namespaced kind',
    load: () => import('./proj/deny-namespace-resource.ts'),
  },
  {
    path: ['proj', 'add-orphaned-ignore'],
    summary: 'Ignore orphaned objects of a kind',
    load: () => import('./proj/add-orphaned-ignore.ts'),
  },
  {
    path: ['proj', 'remove-orphaned-ignore'],
    summary: 'Tell of them again',
    load: () => import('./proj/remove-orphaned-ignore.ts'),
  },
  {
    path: ['proj', 'add-signature-key'],
    summary: 'Ask for commits signed with a key',
    load: () => import('./proj/add-signature-key.ts'),
  },
  {
    path: ['proj', 'remove-signature-key'],
    summary: 'Ask for them no longer',
    load: () => import('./proj/remove-signature-key.ts'),
  },
  { path: ['proj', 'role', 'list'], summary: 'List roles', load: () => import('./proj/role/list.ts') },
  { path: ['proj', 'role', 'get'], summary: 'Show a role', load: () => import('./proj/role/get.ts') },
  { path: ['proj', 'role', 'create'], summary: 'Create a role', load: () => import('./proj/role/create.ts') },
  { path: ['proj', 'role', 'delete'], summary: 'Delete a role', load: () => import('./proj/role/delete.ts') },
  {
    path: ['proj', 'role', 'add-policy'],
    summary: 'Add a policy to a role',
    load: () => import('./proj/role/add-policy.ts'),
  },
  {
    path: ['proj', 'role', 'remove-policy'],
    summary: 'Take a policy from a role',
    load: () => import('./proj/role/remove-policy.ts'),
  },
  {
    path: ['proj', 'role', 'add-group'],
    summary: 'Add a group to a role',
    load: () => import('./proj/role/add-group.ts'),
  },
  {
    path: ['proj', 'role', 'remove-group'],
    summary: 'Take a group out of a role',
    load: () => import('./proj/role/remove-group.ts'),
  },
  {
    path: ['proj', 'role', 'create-token'],
    summary: 'Make a token of a role',
    load: () => import('./proj/role/create-token.ts'),
  },
  {
    path: ['proj', 'role', 'list-tokens'],
    summary: 'List the tokens of a role',
    load: () => import('./proj/role/list-tokens.ts'),
  },
  {
    path: ['proj', 'role', 'delete-token'],
    summary: 'Delete a token of a role',
    load: () => import('./proj/role/delete-token.ts'),
  },
  {
    path: ['proj', 'windows', 'list'],
    summary: 'List windows',
    load: () => import('./proj/windows/list.ts'),
  },
  { path: ['proj', 'windows', 'add'], summary: 'Add a window', load: () => import('./proj/windows/add.ts') },
  {
    path: ['proj', 'windows', 'update'],
    summary: 'Change a window',
    load: () => import('./proj/windows/update.ts'),
  },
  {
    path: ['proj', 'windows', 'delete'],
    summary: 'Delete a window',
    load: () => import('./proj/windows/delete.ts'),
  },
  {
    path: ['proj', 'windows', 'enable-manual-sync'],
    summary: 'Let syncs by hand in',
    load: () => import('./proj/windows/enable-manual-sync.ts'),
  },
  {
    path: ['proj', 'windows', 'disable-manual-sync'],
    summary: 'Keep syncs by hand out',
    load: () => import('./proj/windows/disable-manual-sync.ts'),
  },
  {
    path: ['proj', 'windows', 'enable-sync-overrun'],
    summary: 'Let syncs that began in time go on',
    load: () => import('./proj/windows/enable-sync-overrun.ts'),
  },
  {
    path: ['proj', 'windows', 'disable-sync-overrun'],
    summary: 'End syncs when the window closes',
    load: () => import('./proj/windows/disable-sync-overrun.ts'),
  },
  {
    path: ['proj', 'source-integrity', 'git', 'policies', 'list'],
    summary: 'List policies',
    load: () => import('./proj/source-integrity/list.ts'),
  },
  {
    path: ['proj', 'source-integrity', 'git', 'policies', 'add'],
    summary: 'Add a policy',
    load: () => import('./proj/source-integrity/add.ts'),
  },
  {
    path: ['proj', 'source-integrity', 'git', 'policies', 'update'],
    summary: 'Change a policy',
    load: () => import('./proj/source-integrity/update.ts'),
  },
  {
    path: ['proj', 'source-integrity', 'git', 'policies', 'delete'],
    summary: 'Delete policies',
    load: () => import('./proj/source-integrity/delete.ts'),
  },
];
