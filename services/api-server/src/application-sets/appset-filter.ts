import { arrayAt, stringAt } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';
import { parseSelector } from '../applications/selector.ts';
import { projectOf } from './appset-finder.ts';

export type AppSetFilter = (appset: ApplicationSet) => boolean;

/** Compiles what a list or a watch selects. @throws TiphysError for a selector that cannot be read. */
export function filterOf(query: JsonObject): AppSetFilter {
  const name = stringAt(query, 'name') ?? '';
  const namespace = stringAt(query, 'appsetNamespace') ?? stringAt(query, 'appSetNamespace') ?? '';
  const selector = stringAt(query, 'selector') ?? '';
  const projects = new Set(arrayAt(query, 'projects'));
  const tests: AppSetFilter[] = [];
  if (name !== '') tests.push(({ metadata }) => metadata.name === name);
  if (namespace !== '') tests.push(({ metadata }) => metadata.namespace === namespace);
  if (projects.size > 0) tests.push((appset) => projects.has(projectOf(appset)));
  if (selector !== '') {
    const matches = parseSelector(selector);
    tests.push(({ metadata }) => matches(metadata.labels ?? {}));
  }
  return (appset) => tests.every((test) => test(appset));
}
