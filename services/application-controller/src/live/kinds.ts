import { groupKindKey, TiphysError, type GroupKind, type GroupVersionKind } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { globMatches } from '@tiphys/project-policy';
import type { ResourceFilter } from '@tiphys/settings';

/** Kinds that no control plane should watch: they change all the time and nobody manages them. */
const builtInExclusions: readonly ResourceFilter[] = [
  { apiGroups: ['events.k8s.io', 'metrics.k8s.io'] },
  { apiGroups: [''], kinds: ['Event'] },
  { apiGroups: ['coordination.k8s.io'], kinds: ['Lease'] },
];

export interface ResourceFilters {
  readonly exclusions: readonly ResourceFilter[];
  readonly inclusions: readonly ResourceFilter[];
}

const matchesAny = (patterns: readonly string[] | undefined, value: string): boolean =>
  patterns === undefined || patterns.length === 0 || patterns.some((pattern) => globMatches(pattern, value));

const matches = (filter: ResourceFilter, kind: GroupKind, server: string): boolean =>
  matchesAny(filter.apiGroups, kind.group) &&
  matchesAny(filter.kinds, kind.kind) &&
  matchesAny(filter.clusters, server);

/** True where the settings (or good sense) keep a kind out of the control plane. */
export function isExcluded(kind: GroupKind, server: string, filters: ResourceFilters): boolean {
  if ([...builtInExclusions, ...filters.exclusions].some((filter) => matches(filter, kind, server)))
    return true;
  return filters.inclusions.length > 0 && !filters.inclusions.some((filter) => matches(filter, kind, server));
}

/** The kinds that a cluster serves. */
export class KindTable {
  readonly #byGvk = new Map<string, ApiResource>();
  readonly #byGroupKind = new Map<string, ApiResource>();
  readonly resources: readonly ApiResource[];
  /** What `helm template --api-versions` takes: `v1`, `v1/ConfigMap`, …, sorted. */
  readonly apiVersions: readonly string[];

  constructor(resources: readonly ApiResource[]) {
    this.resources = resources;
    for (const resource of resources) {
      this.#byGvk.set(gvkKey(resource), resource);
      const groupKind = groupKindKey(resource);
      if (!this.#byGroupKind.has(groupKind)) this.#byGroupKind.set(groupKind, resource);
    }
    const versions = resources.flatMap((resource) => {
      const version = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
      return [version, `${version}/${resource.kind}`];
    });
    this.apiVersions = [...new Set(versions)].sort();
  }

  /** The resource of a kind at that very version; `not-found` names the kind and what to install. */
  find(kind: GroupVersionKind): ApiResource {
    const found = this.#byGvk.get(gvkKey(kind));
    if (found !== undefined) return found;
    const version = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    throw new TiphysError(
      'not-found',
      `failed to discover server resources for group version ${version}: the server could not find the requested resource`,
    );
  }

  /** True where both hold the same kinds at the same versions. */
  equals(other: KindTable): boolean {
    return (
      this.#byGvk.size === other.#byGvk.size &&
      [...this.#byGvk.keys()].every((kind) => other.#byGvk.has(kind))
    );
  }

  has = (kind: GroupVersionKind): boolean => this.#byGvk.has(gvkKey(kind));

  /** The resource of a kind at its preferred version. */
  preferred = (kind: GroupKind): ApiResource | undefined => this.#byGroupKind.get(groupKindKey(kind));

  /** One resource for each kind that can be watched and that the settings let through. */
  watchable(server: string, filters: ResourceFilters): readonly ApiResource[] {
    return [...this.#byGroupKind.values()].filter(
      (resource) =>
        resource.verbs.includes('list') &&
        resource.verbs.includes('watch') &&
        !isExcluded(resource, server, filters),
    );
  }
}

const gvkKey = ({ group, version, kind }: GroupVersionKind): string => `${group}/${version}/${kind}`;
