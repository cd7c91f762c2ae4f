import { annotationOf, annotations, asJson, sourcesOf, stringAt, valueAt } from '@tiphys/model';
import type { Application, ApplicationSource } from '@tiphys/model';
import { generatePaths, isTouched } from '@tiphys/glob';
import type { Change, GitChange } from './change.ts';
import { artifactKey, repoKeys } from './repo-match.ts';
import { matchRevision } from './revision-match.ts';
import type { RevisionMatch, Target } from './revision-match.ts';

/** What is asked of an Application that a change is about. */
export type Ask = 'refresh' | 'hydrate';

/** A reason to ask; `match` may have to be decided by those who know ranges of versions. */
export interface Candidate {
  readonly ask: Ask;
  readonly match: Exclude<RevisionMatch, 'no'>;
}

/** Why an Application may have to look at a change: none for one that the change is not about. */
export function candidatesFor(app: Application, change: Change): readonly Candidate[] {
  return followed(app).flatMap(({ ask, source }) => {
    const match = matchOf(source, change);
    if (match === 'no') return [];
    if (change.kind === 'git' && !mayTouch(app, source, change)) return [];
    return [{ ask, match }];
  });
}

/** Whether a repository at a revision, as a generator names it, follows a change. */
export function matchPlace(place: { readonly repoURL: string } & Target, change: GitChange): RevisionMatch {
  return isSameRepo(place.repoURL, change) ? matchRevision(place, change) : 'no';
}

interface Followed {
  readonly ask: Ask;
  readonly source: ApplicationSource;
}

function followed(app: Application): readonly Followed[] {
  const hydrator = valueAt(asJson(app), 'spec', 'sourceHydrator');
  if (hydrator === undefined || hydrator === null)
    return sourcesOf(app.spec).map((source) => ({ ask: 'refresh', source }));
  const read = (...path: readonly string[]): string => stringAt(hydrator, ...path) ?? '';
  const repoURL = read('drySource', 'repoURL');
  const path = read('drySource', 'path');
  return [
    { ask: 'hydrate', source: { repoURL, path, targetRevision: read('drySource', 'targetRevision') } },
    {
      ask: 'refresh',
      source: {
        repoURL,
        path: read('syncSource', 'path'),
        targetRevision: read('syncSource', 'targetBranch'),
      },
    },
  ];
}

function matchOf(source: ApplicationSource, change: Change): RevisionMatch {
  const { targetRevision = '', tagPrefix = '' } = source;
  if (change.kind === 'git') {
    return (source.chart ?? '') === '' && isSameRepo(source.repoURL, change)
      ? matchRevision({ targetRevision, tagPrefix }, change)
      : 'no';
  }
  const chart = (source.chart ?? '') === '' ? '' : `/${source.chart ?? ''}`;
  if (artifactKey(`${source.repoURL}${chart}`) !== change.repository) return 'no';
  return matchRevision(
    { targetRevision: targetRevision === '' ? '*' : targetRevision },
    { revision: change.tag, touchesHead: true },
  );
}

function isSameRepo(repoURL: string, { repoUrls }: GitChange): boolean {
  const keys = repoKeys(repoURL);
  return repoUrls.some((url) => repoKeys(url).some((key) => keys.includes(key)));
}

function mayTouch(app: Application, source: ApplicationSource, { files }: GitChange): boolean {
  if (files === undefined) return true;
  const text = annotationOf(app, annotations.manifestGeneratePaths) ?? '';
  const paths = generatePaths(text, source.path ?? '');
  return paths.length === 0 || isTouched(paths, files);
}
