import { generatePaths } from '@tiphys/glob';
import { annotations, sourcesOf, type ApplicationSource } from '@tiphys/model';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { levels, sourcesCompared, type Refresh } from './refresh.ts';

/** What the newest commits mean to an Application that names the paths it is made from. */
export interface RevisionNews {
  /** They may render something else, or nobody can tell. */
  readonly mayHaveChanged: boolean;
  /** The newest revisions where they render what is known already. */
  readonly revisions?: readonly string[];
}

const news: RevisionNews = { mayHaveChanged: true };

/**
 * Asks whether commits since the last look touch the paths of `manifest-generate-paths`. What cannot be asked or
 * answered counts as touched: the render that follows says what is wrong.
 */
export async function revisionNews(
  context: AppContext,
  refresh: Refresh,
  { memory, deps }: { readonly memory: AppMemory; readonly deps: ReconcilerDeps },
): Promise<RevisionNews> {
  const { app } = context;
  const text = app.metadata.annotations?.[annotations.manifestGeneratePaths] ?? '';
  const { sync } = app.status ?? {};
  if (text.trim() === '' || context.held !== undefined || !sourcesCompared(app)) return news;
  // Drift after a sync that is not good yet is a matter of the revision, too.
  const isSynced = sync?.status === 'Synced';
  if (refresh.level < levels.manifests) return { mayHaveChanged: !isSynced };
  const before = memory.desired?.rendered.revisions ?? sync?.revisions ?? [sync?.revision ?? ''];
  const revisions = await untouched(
    context,
    { text, before, isLatest: refresh.level === levels.latest },
    deps,
  );
  if (revisions === undefined) return news;
  return { mayHaveChanged: !isSynced, revisions };
}

/** The newest revisions where none of them touches a path; undefined elsewhere. */
async function untouched(
  { app }: AppContext,
  {
    text,
    before,
    isLatest,
  }: { readonly text: string; readonly before: readonly string[]; readonly isLatest: boolean },
  { repoServer, renderSettings, logger }: ReconcilerDeps,
): Promise<readonly string[] | undefined> {
  const sources = sourcesOf(app.spec);
  if (before.length !== sources.length || sources.some(isChart) || before.includes('')) return undefined;
  const one = async (source: ApplicationSource, since: string): Promise<string | undefined> => {
    const asked = { source, repository: renderSettings.repositoryOf(source, app.spec.project) };
    const revision = await repoServer.resolveRevision(asked, { refresh: isLatest });
    if (revision === since) return revision;
    const paths = generatePaths(text, source.path ?? '');
    return (await repoServer.hasChanges({ ...asked, revision, since, paths })) ? undefined : revision;
  };
  try {
    const found = await Promise.all(sources.map((source, index) => one(source, before[index] ?? '')));
    const known = found.filter((revision) => revision !== undefined);
    return known.length === sources.length ? known : undefined;
  } catch (error) {
    logger.debug('changed paths cannot be told', { app: app.metadata.name, error });
    return undefined;
  }
}

const isChart = ({ chart }: ApplicationSource): boolean => chart !== undefined && chart !== '';
