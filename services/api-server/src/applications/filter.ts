import { stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import { sourcesOf } from '@tiphys/model';
import { normalizeRepoUrl } from '@tiphys/project-policy';
import type { ClusterNames } from '../clusters/cluster-names.ts';
import { PROPERTIES, valueOf, wantedIn } from './listing/properties.ts';
import type { Property } from './listing/properties.ts';
import { searchFilter } from './listing/search.ts';
import { parseSelector } from './selector.ts';

/** What a list or a watch selects. */
export type AppFilter = (app: Application) => boolean;

/** What a query selects: by what an Application is, and by those of its properties that are counted. */
export interface Selection {
  /** All but the filters on properties. */
  readonly fits: AppFilter;
  /** The filters on properties, of which one may be left aside. */
  passes(app: Application, but?: Property): boolean;
  readonly selects: AppFilter;
}

/**
 * Compiles the selection of an ApplicationQuery.
 * @throws TiphysError for a selector that cannot be read, `invalid` for a value that a property cannot have
 */
export function selectionOf(query: JsonObject, clusters: ClusterNames): Selection {
  const tests = testsOf(query);
  const byProperty = PROPERTIES.flatMap((property) => {
    const wanted = wantedIn(query, property, clusters);
    return wanted === undefined ? [] : [{ property, wanted }];
  });
  const fits: AppFilter = (app) => tests.every((test) => test(app));
  const passes = (app: Application, but?: Property): boolean =>
    byProperty.every(
      ({ property, wanted }) => property === but || wanted.has(valueOf(property, app, clusters)),
    );
  return { fits, passes, selects: (app) => passes(app) && fits(app) };
}

function testsOf(query: JsonObject): readonly AppFilter[] {
  const name = stringAt(query, 'name') ?? '';
  const namespace = stringAt(query, 'appNamespace') ?? '';
  const repo = stringAt(query, 'repo') ?? '';
  const selector = stringAt(query, 'selector') ?? '';
  const search = searchFilter(stringAt(query, 'search') ?? '');
  const tests: AppFilter[] = [];
  if (name !== '') tests.push((app) => app.metadata.name === name);
  if (namespace !== '') tests.push((app) => app.metadata.namespace === namespace);
  if (repo !== '') tests.push(usesRepository(repo));
  if (selector !== '') {
    const matches = parseSelector(selector);
    tests.push((app) => matches(app.metadata.labels ?? {}));
  }
  if (search !== undefined) tests.push(search);
  return tests;
}

function usesRepository(repo: string): AppFilter {
  const wanted = normalizeRepoUrl(repo);
  return (app) => sourcesOf(app.spec).some((source) => normalizeRepoUrl(source.repoURL) === wanted);
}
