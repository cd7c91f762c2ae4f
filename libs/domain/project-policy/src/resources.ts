import type { AppProjectSpec, ClusterResourceRule, GroupKind } from '@tiphys/model';
import { globMatches } from './glob.ts';

/** The part of an object that the lists of a project look at. */
export interface JudgedResource extends GroupKind {
  readonly name: string;
  /** As the cluster serves the kind, whatever the manifest says. */
  readonly namespaced: boolean;
}

const kindMatches = (rule: Partial<GroupKind>, kind: GroupKind): boolean =>
  globMatches(rule.group ?? '', kind.group) && globMatches(rule.kind ?? '', kind.kind);

const nameMatches = (rule: ClusterResourceRule, { name }: JudgedResource): boolean =>
  rule.name === undefined || rule.name === '' || globMatches(rule.name, name);

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
  const isOn = (list: readonly ClusterResourceRule[] = []): boolean =>
    list.some((rule) => kindMatches(rule, resource) && nameMatches(rule, resource));
  return isOn(project.clusterResourceWhitelist) && !isOn(project.clusterResourceBlacklist);
}
