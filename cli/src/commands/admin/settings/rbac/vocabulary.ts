/** Resources that policies speak of, and what may be done to each (wire/rbac.tsv). */
const actions: Readonly<Record<string, readonly string[]>> = {
  applications: ['get', 'create', 'update', 'delete', 'sync', 'override', 'action'],
  applicationsets: ['get', 'create', 'update', 'delete'],
  clusters: ['get', 'create', 'update', 'delete'],
  repositories: ['get', 'create', 'update', 'delete'],
  'write-repositories': ['get', 'create', 'update', 'delete'],
  projects: ['get', 'create', 'update', 'delete'],
  certificates: ['get', 'create', 'update', 'delete'],
  gpgkeys: ['get', 'create', 'delete'],
  accounts: ['get', 'create', 'update', 'delete'],
  logs: ['get'],
  exec: ['create'],
  extensions: ['invoke'],
};

/** Shorter names of resources. */
const aliases: Readonly<Record<string, string>> = {
  account: 'accounts',
  app: 'applications',
  apps: 'applications',
  application: 'applications',
  applicationset: 'applicationsets',
  appset: 'applicationsets',
  appsets: 'applicationsets',
  cert: 'certificates',
  certs: 'certificates',
  certificate: 'certificates',
  cluster: 'clusters',
  extension: 'extensions',
  gpgkey: 'gpgkeys',
  key: 'gpgkeys',
  log: 'logs',
  proj: 'projects',
  projs: 'projects',
  project: 'projects',
  repo: 'repositories',
  repos: 'repositories',
  repository: 'repositories',
};

const WITH_PARTS = /^(?:action|update|delete)\//u;

/** Resources whose objects are `<project>/...`. */
const OF_PROJECTS = new Set(['applications', 'applicationsets', 'clusters', 'repositories', 'logs', 'exec']);

export const resourceNamed = (name: string): string => aliases[name] ?? name;

/** What is wrong with a question; undefined where it can be asked. */
export function mistakeIn(resource: string, action: string): string | undefined {
  const known = actions[resource];
  if (known === undefined) return `'${resource}' is not a valid resource name`;
  const isOfPart = resource === 'applications' && WITH_PARTS.test(action);
  return known.includes(action) || isOfPart ? undefined : `'${action}' is not a valid action for ${resource}`;
}

/** The object that a question is about; none or a star stand for any. */
export function objectNamed(resource: string, given: string | undefined): string {
  const isAny = given === undefined || given === '' || given === '*';
  if (!isAny) return given;
  return OF_PROJECTS.has(resource) ? '*/*' : (given ?? '');
}
