import { hasCode, isTiphysError, type ApplicationSource, type JsonValue } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import type { Rendered } from '../render/render-sources.ts';
import type { AppContext, Desired, DesiredOrder } from './desired.ts';

/** What manifests were made of, but for the revisions. */
export interface RenderedFrom {
  readonly sources: readonly ApplicationSource[];
  readonly project: string;
  readonly server: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  /** Number of the kinds that the cluster serves, which moves with every CRD. */
  readonly kinds: number;
}

export const renderedFrom = (
  { app, destination, view }: AppContext,
  { sources }: Pick<DesiredOrder, 'sources'>,
): RenderedFrom => ({
  sources,
  project: app.spec.project,
  server: destination.server,
  namespace: destination.namespace,
  kubeVersion: view.version.gitVersion,
  kinds: view.kinds.apiVersions.length,
});

/** True for a failure to reach whoever renders, which says nothing about the manifests. */
export const isOutOfReach = (error: unknown): boolean =>
  hasCode(error, 'unavailable') ||
  hasCode(error, 'deadline') ||
  hasCode(error, 'resource-exhausted') ||
  (isTiphysError(error) && isOutOfReach(error.cause));

/**
 * What is known of an order from an earlier render of the same sources at the same commits; undefined where anything may
 * be different. So drift is healed while nothing can be rendered.
 */
export function remembered(
  { revisions = [], manifests, noCache }: DesiredOrder,
  from: RenderedFrom,
  before: Desired | undefined,
): Rendered | undefined {
  if (before === undefined || noCache || manifests !== undefined) return undefined;
  const isSame =
    revisions.length > 0 &&
    revisions.every((revision) => revision !== '') &&
    jsonEqual([...revisions], [...before.rendered.revisions]) &&
    jsonEqual(withoutTargets(from), withoutTargets(before.from));
  return isSame ? before.rendered : undefined;
}

/** Which commit a target means is told by the revisions. */
const withoutTargets = (from: RenderedFrom): JsonValue =>
  ({
    ...from,
    sources: from.sources.map(({ targetRevision: _target, ...source }) => source),
  }) as unknown as JsonValue;
