import type { AppProjectSpec, ApplicationSource, GroupKind, ProjectDestination } from '@tiphys/model';
import { globMatches } from './glob.ts';

/** A destination after it was resolved: address and name of the cluster, and the namespace. */
export interface ResolvedDestination {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

const negated = (pattern: string | undefined): boolean => pattern?.startsWith('!') === true;

/** True where the project lets Applications be rendered from this repository. A `!pattern` that matches forbids. */
export function isSourcePermitted(
  project: AppProjectSpec,
  source: Pick<ApplicationSource, 'repoURL'>,
): boolean {
  const url = normalizeRepoUrl(source.repoURL);
  let allowed = false;
  for (const pattern of project.sourceRepos ?? []) {
    if (negated(pattern)) {
      if (globMatches(normalizeRepoUrl(pattern.slice(1)), url)) return false;
    } else if (globMatches(normalizeRepoUrl(pattern), url)) allowed = true;
  }
  return allowed;
}

/** Two spellings of one repository become equal: case of scheme and host, a trailing `.git` or slash, scp-like ssh. */
export function normalizeRepoUrl(url: string): string {
  const trimmed = url.trim();
  if (trimmed === '' || trimmed === '*') return trimmed;
  const scp = /^(?:[\w.-]+@)[\w.-]+:(?!\/\/)/u.test(trimmed) ? `ssh://${trimmed.replace(':', '/')}` : trimmed;
  return scp
    .toLowerCase()
    .replace(/\/+$/u, '')
    .replace(/\.git$/u, '');
}

/** True where the project lets objects go to this cluster and namespace. A negated part that matches forbids. */
export function isDestinationPermitted(project: AppProjectSpec, destination: ResolvedDestination): boolean {
  let allowed = false;
  for (const rule of project.destinations ?? []) {
    const verdict = judge(rule, destination);
    if (verdict === 'denied') return false;
    if (verdict === 'allowed') allowed = true;
  }
  return allowed;
}

function judge(rule: ProjectDestination, destination: ResolvedDestination): 'allowed' | 'denied' | 'silent' {
  const namespaceDenied = negated(rule.namespace);
  const serverDenied = negated(rule.server) || negated(rule.name);
  const cluster = clusterMatches(rule, destination);
  const namespace = globMatches(positive(rule.namespace ?? ''), destination.namespace);
  if (!namespaceDenied && !serverDenied) return cluster && namespace ? 'allowed' : 'silent';
  const isDenied =
    namespaceDenied && serverDenied ? cluster && namespace : namespaceDenied ? cluster && namespace : cluster;
  return isDenied ? 'denied' : 'silent';
}

const positive = (pattern: string): string => (negated(pattern) ? pattern.slice(1) : pattern);

function clusterMatches(rule: ProjectDestination, destination: ResolvedDestination): boolean {
  if (rule.server !== undefined && rule.server !== '')
    return globMatches(positive(rule.server), destination.server);
  if (rule.name !== undefined && rule.name !== '') return globMatches(positive(rule.name), destination.name);
  return false;
}

const kindMatches = (rule: Partial<GroupKind>, kind: GroupKind): boolean =>
  globMatches(rule.group ?? '', kind.group) && globMatches(rule.kind ?? '', kind.kind);

/** The part of an object that the lists of a project look at. */
export interface JudgedResource extends GroupKind {
  readonly name: string;
  readonly namespaced: boolean;
}

/**
 * True where the project lets Applications manage this kind. Namespaced kinds are allowed unless a deny rule matches
 * or an allow list exists without a match; cluster-scoped kinds need a match in the allow list and none in the deny list.
 */
export function isResourcePermitted(project: AppProjectSpec, resource: JudgedResource): boolean {
  if (resource.namespaced) {
    const denied = (project.namespaceResourceBlacklist ?? []).some((rule) => kindMatches(rule, resource));
    const allowList = project.namespaceResourceWhitelist;
    return !denied && (allowList === undefined || allowList.some((rule) => kindMatches(rule, resource)));
  }
  const named = (rule: { readonly name?: string }): boolean =>
    rule.name === undefined || rule.name === '' || globMatches(rule.name, resource.name);
  const allowed = (project.clusterResourceWhitelist ?? []).some(
    (rule) => kindMatches(rule, resource) && named(rule),
  );
  const denied = (project.clusterResourceBlacklist ?? []).some(
    (rule) => kindMatches(rule, resource) && named(rule),
  );
  return allowed && !denied;
}
