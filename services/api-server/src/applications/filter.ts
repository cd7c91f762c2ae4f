import { arrayAt, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import { sourcesOf } from '@tiphys/model';
import { normalizeRepoUrl } from '@tiphys/project-policy';
import { projectOf } from './finder.ts';
import { parseSelector } from './selector.ts';

/** What a list or a watch selects. */
export type AppFilter = (app: Application) => boolean;

/** Compiles the selection of an ApplicationQuery. @throws TiphysError for a selector that cannot be read. */
export function filterOf(query: JsonObject): AppFilter {
  const name = stringAt(query, 'name') ?? '';
  const namespace = stringAt(query, 'appNamespace') ?? '';
  const repo = stringAt(query, 'repo') ?? '';
  const selector = stringAt(query, 'selector') ?? '';
  const projects = new Set([...arrayAt(query, 'projects'), ...arrayAt(query, 'project')]);
  const tests: AppFilter[] = [];
  if (name !== '') tests.push((app) => app.metadata.name === name);
  if (namespace !== '') tests.push((app) => app.metadata.namespace === namespace);
  if (projects.size > 0) tests.push((app) => projects.has(projectOf(app)));
  if (repo !== '') tests.push(usesRepository(repo));
  if (selector !== '') {
    const matches = parseSelector(selector);
    tests.push((app) => matches(app.metadata.labels ?? {}));
  }
  return (app) => tests.every((test) => test(app));
}

function usesRepository(repo: string): AppFilter {
  const wanted = normalizeRepoUrl(repo);
  return (app) => sourcesOf(app.spec).some((source) => normalizeRepoUrl(source.repoURL) === wanted);
}
