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
  {
    path: ['admin', 'settings', 'validate'],
    summary: 'Check settings',
    load: () => import('./settings/validate.ts'),
  },
  {
    path: ['admin', 'settings', 'rbac', 'can'],
    summary: 'Say whether a role or a user may do something',
    load: () => import('./settings/rbac/can.ts'),
  },
  {
    path: ['admin', 'settings', 'rbac', 'validate'],
    summary: 'Check a policy',
    load: () => import('./settings/rbac/validate.ts'),
  },
  {
    path: ['admin', 'settings', 'resource-overrides', 'health'],
    summary: 'Say how an object is',
    load: () => import('./settings/resource-overrides/health.ts'),
  },
  {
    path: ['admin', 'settings', 'resource-overrides', 'ignore-differences'],
    summary: 'Show which fields do not count when objects are compared',
    load: () => import('./settings/resource-overrides/ignore-differences.ts'),
  },
  {
    path: ['admin', 'settings', 'resource-overrides', 'ignore-resource-updates'],
    summary: 'Show which fields may change unseen',
    load: () => import('./settings/resource-overrides/ignore-resource-updates.ts'),
  },
  {
    path: ['admin', 'settings', 'resource-overrides', 'list-actions'],
    summary: 'List the actions of an object',
    load: () => import('./settings/resource-overrides/list-actions.ts'),
  },
  {
    path: ['admin', 'settings', 'resource-overrides', 'run-action'],
    summary: 'Show what an action would change',
    load: () => import('./settings/resource-overrides/run-action.ts'),
  },
  {
    path: ['admin', 'redis-initial-password'],
    summary: 'Make sure that Redis has a password',
    load: () => import('./redis-initial-password.ts'),
  },
  {
    path: ['admin', 'app', 'generate-spec'],
    summary: 'Print an application made of flags',
    load: () => import('./app/generate-spec.ts'),
  },
  {
    path: ['admin', 'proj', 'generate-spec'],
    summary: 'Print a project made of flags',
    load: () => import('./proj/generate-spec.ts'),
  },
  {
    path: ['admin', 'proj', 'generate-allow-list'],
    summary: 'Print a project that may deploy what a role lets one create',
    load: () => import('./proj/generate-allow-list.ts'),
  },
  {
    path: ['admin', 'proj', 'update-role-policy'],
    summary: 'Set or remove a policy of roles in many projects',
    load: () => import('./proj/update-role-policy.ts'),
  },
  {
    path: ['admin', 'repo', 'generate-spec'],
    summary: 'Print the secret of a repository',
    load: () => import('./repo/generate-spec.ts'),
  },
  {
    path: ['admin', 'cluster', 'generate-spec'],
    summary: 'Print the secret of a cluster',
    load: () => import('./cluster/generate-spec.ts'),
  },
  {
    path: ['admin', 'cluster', 'kubeconfig'],
    summary: 'Write a kubeconfig of a cluster',
    load: () => import('./cluster/kubeconfig.ts'),
  },
  {
    path: ['admin', 'cluster', 'namespaces'],
    summary: 'List namespaces that applications deploy to',
    load: () => import('./cluster/namespaces.ts'),
  },
  {
    path: ['admin', 'cluster', 'namespaces', 'enable-namespaced-mode'],
    summary: 'Limit clusters to the namespaces in use',
    load: () => import('./cluster/namespaces/enable-namespaced-mode.ts'),
  },
  {
    path: ['admin', 'cluster', 'namespaces', 'disable-namespaced-mode'],
    summary: 'Let clusters be deployed to in all namespaces',
    load: () => import('./cluster/namespaces/disable-namespaced-mode.ts'),
  },
  {
    path: ['admin', 'cluster', 'stats'],
    summary: 'List clusters with their shards and what is known of them',
    load: () => import('./cluster/stats.ts'),
  },
  {
    path: ['admin', 'cluster', 'shards'],
    summary: 'List the shards of the controller',
    load: () => import('./cluster/shards.ts'),
  },
  {
    path: ['admin', 'notifications', 'template', 'get'],
    summary: 'List templates, or show one',
    load: () => import('./notifications/template/get.ts'),
  },
  {
    path: ['admin', 'notifications', 'template', 'notify'],
    summary: 'Render a template and send it',
    load: () => import('./notifications/template/notify.ts'),
  },
  {
    path: ['admin', 'notifications', 'trigger', 'get'],
    summary: 'List triggers, or show one',
    load: () => import('./notifications/trigger/get.ts'),
  },
  {
    path: ['admin', 'notifications', 'trigger', 'run'],
    summary: 'Say which conditions of a trigger hold',
    load: () => import('./notifications/trigger/run.ts'),
  },
  {
    path: ['admin', 'initial-password', 'reset'],
    summary: 'Give the account admin a new password',
    load: () => import('./reset-password.ts'),
  },
  {
    path: ['admin', 'app', 'get-reconcile-results'],
    summary: 'Write how all applications are',
    load: () => import('./app/get-reconcile-results.ts'),
  },
  {
    path: ['admin', 'app', 'diff-reconcile-results'],
    summary: 'Compare two files of that',
    load: () => import('./app/diff-reconcile-results.ts'),
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
