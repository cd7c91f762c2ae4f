import type { PermissionRule, Rule } from './rules.ts';

/** Resources whose objects are `<project>/...`. */
const OF_PROJECTS = new Set(['applications', 'applicationsets', 'logs', 'exec']);

const READONLY: readonly string[] = [
  'applications',
  'applicationsets',
  'certificates',
  'clusters',
  'repositories',
  'write-repositories',
  'projects',
  'accounts',
  'gpgkeys',
  'logs',
];

const CHANGES = ['create', 'update', 'delete'] as const;

/** What `role:admin` may do beyond what `role:readonly` may. */
const ADMIN: Readonly<Record<string, readonly string[]>> = {
  applications: ['create', 'update', 'update/*', 'delete', 'delete/*', 'sync', 'override', 'action/*'],
  applicationsets: ['get', ...CHANGES],
  certificates: CHANGES,
  clusters: CHANGES,
  repositories: CHANGES,
  'write-repositories': CHANGES,
  projects: CHANGES,
  accounts: ['update'],
  gpgkeys: ['create', 'delete'],
  exec: ['create'],
};

const allow = (subject: string, resource: string, action: string): PermissionRule => ({
  type: 'permission',
  subject,
  resource,
  action,
  object: OF_PROJECTS.has(resource) ? '*/*' : '*',
  isAllowed: true,
});

/** The rules that every policy begins with (wire/rbac.tsv, builtin-policy and builtin-group). */
export const builtInRules: readonly Rule[] = [
  ...READONLY.map((resource) => allow('role:readonly', resource, 'get')),
  ...Object.entries(ADMIN).flatMap(([resource, actions]) =>
    actions.map((action) => allow('role:admin', resource, action)),
  ),
  { type: 'membership', member: 'role:admin', role: 'role:readonly' },
  { type: 'membership', member: 'admin', role: 'role:admin' },
];
