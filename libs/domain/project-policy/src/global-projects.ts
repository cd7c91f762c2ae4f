import type { AppProject } from '@tiphys/model';

/** One entry of `globalProjects`: projects whose labels match inherit from the named one. */
export interface GlobalProject {
  readonly projectName: string;
  readonly labelSelector: LabelSelector;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** True where labels satisfy a selector; an empty one matches all, an unknown operator nothing. */
export function selectorMatches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(
    ([key, value]) => valueOf(labels, key) === value,
  );
  return (
    equal && (selector.matchExpressions ?? []).every((expression) => expressionMatches(expression, labels))
  );
}

const valueOf = (labels: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

function expressionMatches(
  { key, operator, values = [] }: LabelExpression,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = valueOf(labels, key);
  const bound = Number(values[0]);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > bound;
    case 'Lt':
      return value !== undefined && Number(value) < bound;
    default:
      return false;
  }
}

/** The lists that are inherited; all others are a project's own. */
const INHERITED = [
  'clusterResourceWhitelist',
  'clusterResourceBlacklist',
  'namespaceResourceWhitelist',
  'namespaceResourceBlacklist',
  'syncWindows',
  'sourceRepos',
  'destinations',
] as const;

/**
 * The project as it counts: with the lists of the global projects that it matches after its own. A project does not
 * inherit from itself, and what a global project inherits is not passed on.
 */
export function virtualProject(
  project: AppProject,
  globals: readonly GlobalProject[],
  projectOf: (name: string) => AppProject | undefined,
): AppProject {
  return globalProjectsOf(project, globals, projectOf).reduce(withLists, project);
}

/** The global projects that a project matches, in the order of the settings. */
export const globalProjectsOf = (
  project: AppProject,
  globals: readonly GlobalProject[],
  projectOf: (name: string) => AppProject | undefined,
): readonly AppProject[] =>
  globals
    .filter(({ projectName }) => projectName !== project.metadata.name)
    .filter(({ labelSelector }) => selectorMatches(labelSelector, project.metadata.labels ?? {}))
    .map(({ projectName }) => projectOf(projectName))
    .filter((found) => found !== undefined);

function withLists(project: AppProject, from: AppProject): AppProject {
  const spec: Record<string, unknown> = { ...project.spec };
  for (const list of INHERITED) {
    const added: readonly unknown[] = from.spec[list] ?? [];
    if (added.length > 0) spec[list] = [...(project.spec[list] ?? []), ...added];
  }
  return { ...project, spec };
}
