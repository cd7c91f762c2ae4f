import {
  TiphysError,
  type Application,
  type AppProject,
  type ApplicationSource,
  type JsonObject,
} from '@tiphys/model';
import type { RepoServer } from '@tiphys/ports';
import type { ClusterView } from '../live/cluster-view.ts';
import type { ResourceFilters } from '../live/kinds.ts';
import type { GrantedDestination } from '../operation/rights.ts';
import { renderSources, type Rendered, type RenderSettings } from '../render/render-sources.ts';
import { isOutOfReach, remembered, renderedFrom, type RenderedFrom } from './remembered.ts';
import { prepareTargets, type PreparedTargets } from './targets.ts';
import type { HeldTarget } from '@tiphys/sync-plan';
import type { TrackingSettings } from '@tiphys/tracking';

/** What git wants of an Application at certain revisions, ready to be compared. */
export interface Desired {
  readonly rendered: Rendered;
  readonly prepared: PreparedTargets;
  readonly from: RenderedFrom;
  /** Equal keys mean equal targets. */
  readonly key: string;
}

/** All that is known of an Application before its manifests are looked at. */
export interface AppContext {
  readonly app: Application;
  readonly project: AppProject;
  readonly instance: string;
  readonly destination: GrantedDestination;
  readonly view: ClusterView;
  readonly tracking: TrackingSettings;
  readonly filters: ResourceFilters;
  /** What to render in place of the spec's sources at their newest revisions. */
  readonly held?: HeldTarget;
}

export interface DesiredOrder {
  readonly sources: readonly ApplicationSource[];
  readonly revisions?: readonly string[];
  /** Manifests that stand in for those of the sources (sync of local files). */
  readonly manifests?: readonly JsonObject[];
  readonly refreshRevision: boolean;
  readonly noCache: boolean;
}

/**
 * Renders an order and prepares the targets; `before` is kept where nothing changed, so that comparisons stay cached, and
 * stands in where nothing can be rendered and it is what was ordered.
 */
export async function loadDesired(
  repoServer: RepoServer,
  {
    context,
    order,
    settings,
    before,
  }: { context: AppContext; order: DesiredOrder; settings: RenderSettings; before: Desired | undefined },
): Promise<Desired> {
  const { app, project, destination, view } = context;
  const isDemanding = order.sources.some((source) => settings.signatureOf(source, project) !== undefined);
  if (order.manifests !== undefined && isDemanding)
    throw new TiphysError(
      'failed-precondition',
      'Cannot use local manifests when source integrity is enforced',
    );
  const from = renderedFrom(context, order);
  // What a project demands to be signed is proven by rendering alone.
  const known = isDemanding ? undefined : remembered(order, from, before);
  const rendered = await renderSources(
    repoServer,
    {
      app,
      project,
      destination,
      sources: order.sources,
      ...(order.revisions === undefined ? {} : { revisions: order.revisions }),
      refreshRevision: order.refreshRevision,
      noCache: order.noCache,
      kubeVersion: view.version.gitVersion.replace(/^v/u, ''),
      apiVersions: view.kinds.apiVersions,
    },
    settings,
  ).catch((error: unknown) => {
    if (known !== undefined && isOutOfReach(error)) return known;
    throw new TiphysError(
      'failed-precondition',
      `Failed to load target state: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const objects = order.manifests ?? rendered.objects;
  const key = order.manifests === undefined ? preparationKey(context, rendered) : '';
  if (before !== undefined && key !== '' && before.key === key) return { ...before, rendered, from };
  return { rendered, prepared: prepareTargets(objects, prepareOptions(context)), from, key };
}

/** Nothing is written of what is not signed as the project demands. Errors: `failed-precondition` with all problems. */
export function assertVerified({ rendered: { integrity } }: Desired): void {
  if (integrity.length > 0) throw new TiphysError('failed-precondition', integrity.join('; '));
}

const prepareOptions = ({ instance, destination, view, tracking, filters }: AppContext) => ({
  instance,
  destinationNamespace: destination.namespace,
  server: view.api.server,
  tracking,
  kinds: view.kinds,
  filters,
});

/** Everything that the targets follow from. The number of kinds stands for the kinds: it moves with every CRD. */
const preparationKey = (
  { instance, destination, view, tracking, filters }: AppContext,
  rendered: Rendered,
): string =>
  JSON.stringify([
    rendered.contentHash,
    instance,
    destination.server,
    destination.namespace,
    tracking,
    filters,
    view.kinds.apiVersions.length,
  ]);
