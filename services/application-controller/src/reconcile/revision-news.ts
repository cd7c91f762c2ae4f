import { generatePaths } from '@tiphys/glob';
import {
  annotations,
  hasMultipleSources,
  sourcesOf,
  type Application,
  type ApplicationSource,
} from '@tiphys/model';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { levels, sourcesCompared, type Refresh } from './refresh.ts';

/** What the newest commits mean to an Application that names the paths it is made from. */
export interface RevisionNews {
  /** They may render something else than what was synced last, or nobody can tell. */
  readonly mayHaveChanged: boolean;
  /** The newest revisions where they render what is known already. */
  readonly revisions?: readonly string[];
}

interface Tools {
  readonly memory: AppMemory;
  readonly deps: ReconcilerDeps;
}

const news: RevisionNews = { mayHaveChanged: true };

/**
 * Asks whether commits touch the paths of `manifest-generate-paths`: those since the last look, which then needs no
 * render, and those since the last sync, which then needs no other. What cannot be asked or answered counts as touched:
 * the render that follows says what is wrong.
 */
export async function revisionNews(
  context: AppContext,
  refresh: Refresh,
  tools: Tools,
): Promise<RevisionNews> {
  const { app } = context;
  const { logger } = tools.deps;
  if (!namesPaths(app) || context.held !== undefined || !sourcesCompared(app)) return news;
  const { sync, operationState } = app.status ?? {};
  const known = tools.memory.desired?.rendered.revisions ?? revisionsIn(app, sync);
  try {
    const newest = refresh.level < levels.manifests ? known : await newestOf(app, refresh, tools);
    const isSynced = await isUntouched(
      app,
      { since: revisionsIn(app, operationState?.syncResult), newest },
      tools,
    );
    const isKnown = await isUntouched(app, { since: known, newest }, tools);
    return { mayHaveChanged: !isSynced, ...(isKnown ? { revisions: newest } : {}) };
  } catch (error) {
    logger.debug('changed paths cannot be told', { app: context.instance, error });
    return news;
  }
}

/** True where `manifest-generate-paths` says what an Application is made from. */
export const namesPaths = (app: Application): boolean => pathsText(app).trim() !== '';

const pathsText = ({ metadata }: Application): string =>
  metadata.annotations?.[annotations.manifestGeneratePaths] ?? '';

const revisionsIn = (
  { spec }: Application,
  found: { readonly revision?: string; readonly revisions?: readonly string[] } | undefined,
): readonly string[] => (hasMultipleSources(spec) ? (found?.revisions ?? []) : [found?.revision ?? '']);

const newestOf = ({ spec }: Application, { level }: Refresh, { deps }: Tools): Promise<readonly string[]> =>
  Promise.all(
    sourcesOf(spec).map((source) =>
      deps.repoServer.resolveRevision(located(source, spec.project, deps), {
        refresh: level === levels.latest,
      }),
    ),
  );

const located = (source: ApplicationSource, project: string, { renderSettings }: ReconcilerDeps) => ({
  source,
  repository: renderSettings.repositoryOf(source, project),
});

interface Step {
  readonly since: readonly string[];
  readonly newest: readonly string[];
}

/** Whether no source has a commit between two lists of revisions that touches its paths. */
async function isUntouched(app: Application, { since, newest }: Step, tools: Tools): Promise<boolean> {
  const sources = sourcesOf(app.spec);
  if (since.length !== sources.length || newest.length !== sources.length) return false;
  for (const [index, source] of sources.entries()) {
    const [before = '', revision = ''] = [since[index], newest[index]];
    if (before === revision && before !== '') continue;
    if (before === '' || revision === '' || isChart(source)) return false;
    if (await isTouched(app, { source, since: before, revision }, tools)) return false;
  }
  return true;
}

/** Answers are kept: what lies between two commits does not change. */
async function isTouched(
  app: Application,
  {
    source,
    since,
    revision,
  }: { readonly source: ApplicationSource; readonly since: string; readonly revision: string },
  { memory, deps }: Tools,
): Promise<boolean> {
  const paths = generatePaths(pathsText(app), source.path ?? '');
  const key = JSON.stringify([source.repoURL, paths, since, revision]);
  const known = memory.touched.get(key);
  if (known !== undefined) return known;
  const asked = located(source, app.spec.project, deps);
  const answer = await deps.repoServer.hasChanges({ ...asked, revision, since, paths });
  memory.remember(key, answer);
  return answer;
}

const isChart = ({ chart }: ApplicationSource): boolean => chart !== undefined && chart !== '';
