import type {
  AppHealthStatus,
  Application,
  ApplicationSource,
  ApplicationStatus,
  ApplicationSummary,
  HealthStatus,
  ResourceStatus,
  SourceType,
  SyncStatus,
} from '@tiphys/model';
import { hasMultipleSources, sourcesOf } from '@tiphys/model';
import type { Comparison } from '../compare/compare.ts';
import type { InUse } from '../live/in-use.ts';
import type { Rendered } from '../render/render-sources.ts';

/** What a look at an Application found; one of these becomes its status. */
export type Finding =
  | ({
      readonly type: 'compared';
      readonly comparison: Comparison;
      readonly rendered: Rendered;
    } & InUse)
  /** What git wants or what the cluster has is not known; the last good resources stay visible as Unknown. */
  | { readonly type: 'unknown'; readonly health: HealthStatus }
  | { readonly type: 'invalid' };

/** The parts of a status that follow from a finding. Everything else of the status stays as it is. */
export function statusOfFinding(app: Application, finding: Finding, now: string): Partial<ApplicationStatus> {
  switch (finding.type) {
    case 'invalid':
      return { sync: { status: 'Unknown' }, health: healthAt(app, { status: 'Unknown' }, now) };
    case 'unknown':
      return {
        sync: syncStatus(
          app,
          'Unknown',
          sourcesOf(app.spec).map((source) => source.targetRevision ?? ''),
        ),
        health: healthAt(app, finding.health, now),
        ...listed((app.status?.resources ?? []).map((resource) => ({ ...resource, status: 'Unknown' }))),
        resourceHealthSource: 'appTree',
      };
    case 'compared':
      return {
        sync: syncStatus(app, finding.comparison.code, finding.rendered.revisions),
        health: healthAt(app, finding.comparison.health, now),
        ...listed(resourcesOf(finding.comparison)),
        resourceHealthSource: 'appTree',
        summary: summaryOf(finding),
        ...sourceTypesOf(app, finding.rendered.sourceTypes),
      };
  }
}

/** What was compared and the hooks, in the order of their names. */
function resourcesOf({ objects, hooks }: Comparison): readonly ResourceStatus[] {
  const rows = [...objects.map(({ status }) => status), ...hooks];
  return hooks.length === 0 ? rows : rows.sort((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1));
}

const nameIn = ({ group = '', kind, namespace = '', name }: ResourceStatus): string =>
  `${group}/${kind}/${namespace}/${name}`;

/** No list for no resources; the one of before must not stay then. */
const listed = (resources: readonly ResourceStatus[]): Pick<ApplicationStatus, 'resources'> =>
  resources.length === 0 ? {} : { resources };

const summaryOf = ({ images, externalURLs, isAppOfApps }: InUse): ApplicationSummary => ({
  ...(externalURLs.length === 0 ? {} : { externalURLs }),
  ...(images.length === 0 ? {} : { images }),
  ...(isAppOfApps ? { isAppOfApps } : {}),
});

function sourceTypesOf(app: Application, types: Rendered['sourceTypes']): Partial<ApplicationStatus> {
  if (hasMultipleSources(app.spec)) return { sourceTypes: types as readonly SourceType[] };
  return types[0] === undefined || types[0] === '' ? {} : { sourceType: types[0] };
}

/** The sync status with what it was compared to. Several sources leave an empty `source`, as the reference does. */
export function syncStatus(
  app: Application,
  status: SyncStatus['status'],
  revisions: readonly string[],
): SyncStatus {
  const { spec } = app;
  const emptySource: ApplicationSource = { repoURL: '' };
  const comparedTo = {
    destination: spec.destination,
    ...(spec.ignoreDifferences === undefined ? {} : { ignoreDifferences: spec.ignoreDifferences }),
  };
  if (hasMultipleSources(spec)) {
    return {
      status,
      revisions,
      comparedTo: { ...comparedTo, source: emptySource, sources: sourcesOf(spec) },
    };
  }
  const [source] = sourcesOf(spec);
  return {
    status,
    ...(revisions[0] === undefined ? {} : { revision: revisions[0] }),
    comparedTo: { ...comparedTo, ...(source === undefined ? {} : { source }) },
  };
}

/** Health with the time at which its code last moved. */
function healthAt(app: Application, health: HealthStatus, now: string): AppHealthStatus {
  const before = app.status?.health;
  const lastTransitionTime = before?.status === health.status ? (before.lastTransitionTime ?? now) : now;
  return { ...health, lastTransitionTime };
}
