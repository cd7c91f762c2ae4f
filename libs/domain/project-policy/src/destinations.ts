import type { AppProject, ProjectDestination } from '@tiphys/model';
import { globMatches, isNegated, withoutNegation } from './glob.ts';

/** A destination after it was resolved: address and name of the cluster, and the namespace. */
export interface ResolvedDestination {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
  /** The project that the cluster belongs to; absent or empty: none, every project may use it. */
  readonly clusterProject?: string;
}

/**
 * True where the project lets objects go to this cluster and namespace. A negated field matches all but what it names;
 * a destination that a negated field names is denied whatever else the list says. A cluster that belongs to another
 * project is never permitted, one that belongs to none only without `permitOnlyProjectScopedClusters`.
 */
export function isDestinationPermitted(
  { metadata, spec }: Pick<AppProject, 'metadata' | 'spec'>,
  destination: ResolvedDestination,
): boolean {
  const owner = destination.clusterProject ?? '';
  const isForeign = owner === '' ? spec.permitOnlyProjectScopedClusters === true : owner !== metadata.name;
  if (isForeign) return false;
  const verdicts = (spec.destinations ?? []).map((rule) => judge(rule, destination));
  return verdicts.includes('allowed') && !verdicts.includes('denied');
}

type Verdict = 'allowed' | 'denied' | 'silent';

/** What one field of a rule says of one value. */
interface FieldVerdict {
  readonly isNegated: boolean;
  /** The pattern, without its `!`, matches. */
  readonly hit: boolean;
  /** The field is content with the value. */
  readonly ok: boolean;
}

function field(pattern: string | undefined, value: string): FieldVerdict {
  const negated = isNegated(pattern);
  const hit = globMatches(withoutNegation(pattern ?? ''), value);
  return { isNegated: negated, hit, ok: negated ? !hit : hit };
}

function judge(rule: ProjectDestination, destination: ResolvedDestination): Verdict {
  const nothing: FieldVerdict = { isNegated: false, hit: false, ok: false };
  const hasName = rule.name !== undefined && rule.name !== '' && destination.name !== '';
  const server = destination.server === '' ? nothing : field(rule.server, destination.server);
  const name = hasName ? field(rule.name, destination.name) : nothing;
  const namespace = field(rule.namespace, destination.namespace);
  const isClusterNegated = server.isNegated || name.isNegated;
  const denies = ({ isNegated: negated, hit }: FieldVerdict): boolean => negated && hit;
  const isDenied =
    denies(name) ||
    (denies(server) && (namespace.isNegated || namespace.ok)) ||
    (denies(namespace) && (isClusterNegated || server.ok || name.ok));
  if (isDenied) return 'denied';
  return (server.ok || name.ok) && namespace.ok ? 'allowed' : 'silent';
}
