import { sourcesOf, type ApplicationSource } from '@tiphys/model';
import { holdEndsIn, type Hold, type HeldTarget } from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import { renderSources } from '../render/render-sources.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/** Why a hold is over. */
export type HoldEnd = 'expired' | 'superseded by a newer commit';

/**
 * Why a hold is over now; undefined where it goes on. A newer commit ends it once it renders, and renders something
 * else than the revision that was rolled back from: the same content at another commit is no cure.
 */
export async function holdEnd(
  context: AppContext,
  { hold }: { readonly hold: Hold; readonly target: HeldTarget },
  { isLatest, deps }: { readonly isLatest: boolean; readonly deps: ReconcilerDeps },
): Promise<HoldEnd | undefined> {
  if (holdEndsIn(hold, deps.clock.now()) === 0) return 'expired';
  const { from } = hold;
  const sources = sourcesOf(context.app.spec);
  if (from === undefined || from.length !== sources.length) return undefined;
  const newest = await newestOf(sources, { context, isLatest, deps });
  if (newest === undefined || newest.join() === from.join()) return undefined;
  const fresh = await contentOf(context, newest, deps);
  if (fresh === undefined || fresh === (await contentOf(context, from, deps))) return undefined;
  return 'superseded by a newer commit';
}

/** The newest revisions; undefined while they cannot be told. */
async function newestOf(
  sources: readonly ApplicationSource[],
  {
    context: { app },
    isLatest,
    deps: { repoServer, renderSettings, logger },
  }: { readonly context: AppContext; readonly isLatest: boolean; readonly deps: ReconcilerDeps },
): Promise<readonly string[] | undefined> {
  const resolve = (source: ApplicationSource) =>
    repoServer.resolveRevision(
      { source, repository: renderSettings.repositoryOf(source, app.spec.project) },
      { refresh: isLatest },
    );
  try {
    return await Promise.all(sources.map(resolve));
  } catch (error) {
    logger.debug('the newest revision of a held Application cannot be told', {
      app: app.metadata.name,
      error,
    });
    return undefined;
  }
}

/** A digest of what revisions render; undefined where they do not. */
async function contentOf(
  { app, project, destination, view }: AppContext,
  revisions: readonly string[],
  { repoServer, renderSettings, logger }: ReconcilerDeps,
): Promise<string | undefined> {
  const order = {
    app,
    project,
    destination,
    sources: sourcesOf(app.spec),
    revisions,
    kubeVersion: view.version.gitVersion.replace(/^v/u, ''),
    apiVersions: view.kinds.apiVersions,
    refreshRevision: false,
    noCache: false,
  };
  try {
    return (await renderSources(repoServer, order, renderSettings)).contentHash;
  } catch (error) {
    logger.debug('a revision of a held Application does not render', {
      app: app.metadata.name,
      revisions,
      error,
    });
    return undefined;
  }
}
