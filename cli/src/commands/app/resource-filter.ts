import type { App, AppResource } from '../../api/schemas/application.ts';
import { keyOf } from '../../output/resource-states.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

/** One `--resource`: which objects it means. */
export interface ResourceFilter {
  readonly text: string;
  readonly exclude: boolean;
  readonly group: string;
  readonly kind: string;
  /** Undefined for any. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Reads `[!]GROUP:KIND:[NAMESPACE/]NAME`. */
export function parseResourceFilter(text: string): ResourceFilter {
  const exclude = text.startsWith('!');
  const fields = (exclude ? text.slice(1) : text).split(':');
  const [group = '', kind = '', last = ''] = fields;
  if (fields.length !== 3)
    throw new Failure(`resource should have GROUP:KIND:NAME, but instead got: ${text}`, {
      exitCode: exitCodes.general,
      hints: ["For example ':Service:web', 'apps:Deployment:shop/web' or '!*:Job:*'."],
    });
  const slash = last.indexOf('/');
  const namespace = slash === -1 ? undefined : last.slice(0, slash);
  return { text, exclude, group, kind, namespace, name: last.slice(slash + 1) };
}

/** The objects of an application that the filters choose; fails where a filter chooses none. */
export function chooseResources(app: App, texts: readonly string[]): readonly AppResource[] {
  const filters = texts.map(parseResourceFilter);
  const resources = app.status?.resources ?? [];
  const chosen = resources.filter((resource) => isChosen(resource, filters));
  if (chosen.length > 0) return chosen;
  throw new Failure(`No matching app resources found for resource filter: ${texts.join(', ')}`, {
    hints: [`tiphys app get ${app.metadata.name} shows the resources.`],
  });
}

/** The keys of chosen objects; undefined where nothing was chosen, which means all. */
export const chosenKeys = (app: App, texts: readonly string[]): ReadonlySet<string> | undefined =>
  texts.length === 0 ? undefined : new Set(chooseResources(app, texts).map(keyOf));

function isChosen(resource: AppResource, filters: readonly ResourceFilter[]): boolean {
  if (filters.some((filter) => filter.exclude && matches(resource, filter))) return false;
  const wanted = filters.filter(({ exclude }) => !exclude);
  return wanted.length === 0 || wanted.some((filter) => matches(resource, filter));
}

const matches = (resource: AppResource, filter: ResourceFilter): boolean =>
  fits(filter.group, resource.group ?? '') &&
  fits(filter.kind, resource.kind) &&
  (filter.namespace === undefined || fits(filter.namespace, resource.namespace ?? '')) &&
  fits(filter.name, resource.name);

/** `*` stands for any text. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === text;
  const escaped = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(text);
}
