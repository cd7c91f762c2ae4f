import { compileRegex } from '@tiphys/glob';
import type { AppProject } from '@tiphys/model';
import { globMatches } from './glob.ts';

const compiled = new Map<string, RegExp | undefined>();
const MAX_COMPILED = 1_000;

/** True where a list of globs and `/regular expressions/` names a namespace. What cannot be compiled names none. */
export const isNamespaceListed = (patterns: readonly string[], namespace: string): boolean =>
  patterns.some((pattern) => {
    const body = regexBody(pattern);
    return body === undefined ? globMatches(pattern, namespace) : (regexOf(body)?.test(namespace) ?? false);
  });

/** True where a pattern names a namespace by itself, so that one namespace is all that has to be watched for it. */
export const isPlainNamespace = (pattern: string): boolean =>
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/u.test(pattern);

/** `/^team-.*$/`: anything between two slashes. */
const regexBody = (pattern: string): string | undefined =>
  pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/') ? pattern.slice(1, -1) : undefined;

function regexOf(body: string): RegExp | undefined {
  if (compiled.has(body)) return compiled.get(body);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const regex = compileRegex(body);
  compiled.set(body, regex);
  return regex;
}

/**
 * True where a project takes Applications of a namespace: those of the control plane's own always, those of others
 * where `sourceNamespaces` lists them.
 */
export const isSourceNamespacePermitted = (
  project: AppProject,
  namespace: string,
  controlNamespace: string,
): boolean =>
  namespace === controlNamespace || isNamespaceListed(project.spec.sourceNamespaces ?? [], namespace);

/** What is said of an Application whose project does not take its namespace. */
export const namespaceRefusal = (app: {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
}): string =>
  `application '${app.name}' in namespace '${app.namespace}' is not permitted to use project '${app.project}'`;
