import type { AppProject, ProjectRole } from '@tiphys/model';
import { isAccountName } from './impersonation.ts';

const ROLE_NAME = /^[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?$/u;
const ROLE_RESOURCES = ['applications', 'applicationsets', 'logs', 'exec', 'clusters', 'repositories'];
const ACTIONS = ['get', 'create', 'update', 'delete', 'sync', 'override', '*'];
const PATH_ACTIONS = ['action/', 'update/', 'delete/'];

/**
 * What is wrong with a project, each mistake as a sentence; empty where nothing is. The rules are those that clients
 * know (wire/rbac.tsv, section project-role).
 */
export function mistakesInProject(project: AppProject): readonly string[] {
  const name = project.metadata.name ?? '';
  return [
    ...mistakesInDestinations(project),
    ...mistakesInSources(project),
    ...mistakesInAccounts(project),
    ...mistakesInRoles(name, project.spec.roles ?? []),
    ...mistakesInIntegrity(project),
  ];
}

function mistakesInDestinations({ spec }: AppProject): readonly string[] {
  const keys = (spec.destinations ?? []).map(
    ({ server = '', name = '', namespace = '' }) => `${server}/${name}/${namespace}`,
  );
  return [
    ...(spec.destinations ?? []).flatMap(({ server = '', namespace = '' }) => [
      ...(server === '!*' ? ["server has an invalid format, '!*'"] : []),
      ...(namespace === '!*' ? ["namespace has an invalid format, '!*'"] : []),
    ]),
    ...repeated(keys).map((key) => `destination '${key}' already added`),
  ];
}

const mistakesInSources = ({ spec }: AppProject): readonly string[] => [
  ...((spec.sourceRepos ?? []).includes('!*') ? ["source repository has an invalid format, '!*'"] : []),
  ...repeated(spec.sourceRepos ?? []).map((url) => `source repository '${url}' already added`),
  ...repeated(spec.sourceNamespaces ?? []).map((name) => `source namespace '${name}' already added`),
];

const mistakesInAccounts = ({ spec }: AppProject): readonly string[] =>
  (spec.destinationServiceAccounts ?? []).flatMap(({ server, namespace = '', defaultServiceAccount }) => [
    ...(server.startsWith('!') ? [`server has an invalid format, '${server}'`] : []),
    ...(namespace.startsWith('!') ? [`namespace has an invalid format, '${namespace}'`] : []),
    ...(isAccountName(defaultServiceAccount)
      ? []
      : [`defaultServiceAccount has an invalid format, '${defaultServiceAccount}'`]),
  ]);

function mistakesInRoles(project: string, roles: readonly ProjectRole[]): readonly string[] {
  return [
    ...repeated(roles.map(({ name }) => name)).map((name) => `role '${name}' already exists`),
    ...roles.flatMap((role) => mistakesInRole(project, role)),
  ];
}

function mistakesInRole(project: string, role: ProjectRole): readonly string[] {
  const policies = role.policies ?? [];
  const groups = role.groups ?? [];
  const tokens = (role.jwtTokens ?? []).map(({ id }) => id ?? '').filter((id) => id !== '');
  return [
    ...(ROLE_NAME.test(role.name)
      ? []
      : [
          `invalid role name '${role.name}'. Must consist of alphanumeric characters, '-' or '_', and must start and end with an alphanumeric character`,
        ]),
    ...policies.flatMap((policy) => mistakesInPolicy(policy, { project, role: role.name })),
    ...repeated(policies).map((policy) => `policy '${policy}' already exists for role '${role.name}'`),
    ...groups.filter((group) => !isGroupName(group)).map((group) => `group '${group}' is invalid`),
    ...repeated(groups).map((group) => `group '${group}' already exists for role '${role.name}'`),
    ...repeated(tokens).map((id) => `token '${id}' of role '${role.name}' is there twice`),
  ];
}

/** `p, proj:<project>:<role>, <resource>, <action>, <project>/<object>, allow|deny`. */
function mistakesInPolicy(
  policy: string,
  { project, role }: { readonly project: string; readonly role: string },
): readonly string[] {
  const bad = (why: string): readonly string[] => [`invalid policy rule '${policy}': ${why}`];
  const parts = policy.split(',').map((part) => part.trim());
  const [kind, subject, resource = '', action = '', object = '', effect = ''] = parts;
  if (parts.length !== 6 || kind !== 'p') return bad("must be of the form: 'p, sub, res, act, obj, eft'");
  if (subject !== `proj:${project}:${role}`)
    return bad(`policy subject must be: 'proj:${project}:${role}', not '${subject ?? ''}'`);
  if (!ROLE_RESOURCES.includes(resource))
    return bad(
      `project resource must be: ${ROLE_RESOURCES.map((name) => `'${name}'`).join(', ')}, not '${resource}'`,
    );
  if (!ACTIONS.includes(action) && !PATH_ACTIONS.some((prefix) => action.includes(prefix)))
    return bad(`invalid action '${action}'`);
  if (!isObjectOf(project, object))
    return bad(
      `object must be of form '${project}/*', '${project}[/<NAMESPACE>]/<APPNAME>' or '${project}/<APPNAME>', not '${object}'`,
    );
  return effect === 'allow' || effect === 'deny' ? [] : bad(`effect must be: 'allow' or 'deny'`);
}

/** `<project>/name` or `<project>/namespace/name`, either with stars. */
function isObjectOf(project: string, object: string): boolean {
  const rest = object.startsWith(`${project}/`) ? object.slice(project.length + 1) : '';
  return /^(?:[*\w.-]+\/)?[*\w.-]+$/u.test(rest);
}

function isGroupName(group: string): boolean {
  if (group.trim() !== group || group === '' || /[\n\r\t]/u.test(group)) return false;
  const inner = /^"(.*)"$/u.exec(group)?.[1];
  return inner === undefined ? !/[",]/u.test(group) : !inner.includes('"');
}

function mistakesInIntegrity({ spec }: AppProject): readonly string[] {
  const policies = spec.sourceIntegrity?.git?.policies ?? [];
  const both =
    policies.length > 0 && (spec.signatureKeys ?? []).length > 0
      ? ['signatureKeys and sourceIntegrity must not be used together']
      : [];
  return [
    ...both,
    ...policies.flatMap(({ gpg, repos }, index) => [
      ...(['none', 'head', 'strict'].includes(gpg.mode)
        ? []
        : [`sourceIntegrity.git.policies[${index}].gpg.mode '${gpg.mode}' is none of none, head, strict`]),
      ...(repos.length === 0 ? [`sourceIntegrity.git.policies[${index}].repos is empty`] : []),
    ]),
  ];
}

/** What is in a list more than once, each once. */
const repeated = (list: readonly string[]): readonly string[] => [
  ...new Set(list.filter((item, index) => list.indexOf(item) !== index)),
];
