import {
  annotations,
  HEALTH_ORDER,
  isWorse,
  keyOfObject,
  type Application,
  type AppProject,
  type HealthCode,
  type HealthStatus,
  type KubeObject,
  type ResourceKey,
  type ResourceStatus,
  type SyncCode,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import type { Comparison as ObjectComparison } from '@tiphys/diff';
import { isResourcePermitted } from '@tiphys/project-policy';
import { deletionOf, isHook, optionsOf, pruningOf, waveOf, type SyncPair } from '@tiphys/sync-plan';
import { isExcluded, type ResourceFilters } from '../live/kinds.ts';
import type { ClusterView } from '../live/cluster-view.ts';
import type { LiveObject } from '../live/live-object.ts';
import type { DiffCache, DiffPair } from './diff-cache.ts';
import { fetchLive } from './fetch-live.ts';
import { hookRows } from './hook-rows.ts';
import type { PreparedTargets, Target } from './targets.ts';

export interface CompareInput {
  readonly app: Application;
  readonly project: AppProject;
  readonly instance: string;
  readonly view: ClusterView;
  readonly prepared: PreparedTargets;
  readonly filters: ResourceFilters;
  readonly diffs: DiffCache;
}

/** One object on both sides, and how they differ. */
export interface Compared {
  readonly pair: SyncPair;
  readonly status: ResourceStatus;
  readonly health: HealthStatus | undefined;
  readonly diff: ObjectComparison | undefined;
}

export interface Comparison {
  readonly code: SyncCode;
  readonly health: HealthStatus;
  readonly objects: readonly Compared[];
  /** Rows of live hooks, and of objects that are never applied. They count neither for sync nor for health. */
  readonly hooks: readonly ResourceStatus[];
  readonly conditions: readonly ConditionDraft[];
}

/** Compares what git wants with what the cluster has. Reads the live view; asks the API only for objects nobody tracks. */
export async function compareApplication(input: CompareInput): Promise<Comparison> {
  const { prepared, view, instance } = input;
  const live = await fetchLive(view, [...prepared.targets.values()]);
  await view.judged(instance);
  const hookKeys = new Set(prepared.hooks.map(keyOfObject));
  const extraneous = view
    .managed(instance)
    .filter(
      (object) =>
        !prepared.targets.has(object.key) && !hookKeys.has(object.key) && isComparable(object, input),
    );
  const diffs = await input.diffs.compareAll(pairsOf(input, live), input);
  const objects = [
    ...[...prepared.targets.values()].map((target) =>
      compareTarget(target, { live: live.get(target.key), diff: diffs.get(target.key) }, input),
    ),
    ...extraneous.map((object) => compareExtraneous(object, input)),
  ].sort(byRef);
  return {
    code: syncCodeOf(objects),
    health: healthOfApp(objects),
    objects,
    hooks: hookRows(prepared.hooks, view.managed(instance)),
    conditions: [...prepared.conditions, ...sharedWarnings(objects, input)],
  };
}

/** Objects that others made on behalf of a managed one, hooks and excluded kinds are not compared. */
const isComparable = (object: LiveObject, { view, filters }: CompareInput): boolean =>
  object.object !== undefined &&
  object.owners.length === 0 &&
  !isHook(object.object) &&
  !isExcluded(object.ref, view.api.server, filters);

/** What is there on both sides. An API server is not asked about what the project forbids. */
const pairsOf = (input: CompareInput, live: ReadonlyMap<ResourceKey, KubeObject>): readonly DiffPair[] =>
  [...input.prepared.targets.values()].flatMap(({ key, ref, object }) => {
    const found = live.get(key);
    return found === undefined || !isPermitted(ref, input) ? [] : [{ target: object, live: found }];
  });

interface Found {
  readonly live: KubeObject | undefined;
  readonly diff: ObjectComparison | undefined;
}

function compareTarget(target: Target, { live, diff }: Found, input: CompareInput): Compared {
  const { ref, version, key, object } = target;
  const code: SyncCode = isPermitted(ref, input)
    ? diff?.synced === true
      ? 'Synced'
      : 'OutOfSync'
    : 'Unknown';
  const wave = waveOf(object);
  return {
    pair: { key, ref, version, target: object, ...(live === undefined ? {} : { live }) },
    status: {
      ...statusOf(ref, version),
      status: code,
      ...(wave === 0 ? {} : { syncWave: wave }),
      ...confirmationOf([object, live], input.app),
    },
    health: live === undefined ? undefined : healthIn(input.view, key, live),
    diff,
  };
}

function compareExtraneous(object: LiveObject, input: CompareInput): Compared {
  const live = object.object;
  const { ref, version, key } = object;
  const code: SyncCode = isPermitted(ref, input) ? 'OutOfSync' : 'Unknown';
  const wave = live === undefined ? 0 : waveOf(live);
  return {
    pair: { key, ref, version, ...(live === undefined ? {} : { live }) },
    status: {
      ...statusOf(ref, version),
      status: code,
      requiresPruning: true,
      ...(wave === 0 ? {} : { syncWave: wave }),
      ...confirmationOf([live], input.app),
    },
    health: live === undefined ? undefined : healthIn(input.view, key, live),
    diff: undefined,
  };
}

/** Told of objects that go only once somebody approved of it. */
function confirmationOf(
  sides: readonly (KubeObject | undefined)[],
  { spec }: Application,
): Pick<ResourceStatus, 'requiresDeletionConfirmation'> {
  const options = spec.syncPolicy?.syncOptions ?? [];
  const isConfirmed = sides.some(
    (object) =>
      object !== undefined && [pruningOf(object, options), deletionOf(object, options)].includes('confirmed'),
  );
  return isConfirmed ? { requiresDeletionConfirmation: true } : {};
}

const statusOf = (ref: Compared['pair']['ref'], version: string): ResourceStatus => ({
  ...(ref.group === '' ? {} : { group: ref.group }),
  version,
  kind: ref.kind,
  ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
  name: ref.name,
});

function isPermitted(ref: Compared['pair']['ref'], { project, view }: CompareInput): boolean {
  const namespaced = view.kinds.preferred(ref)?.namespaced ?? ref.namespace !== '';
  return isResourcePermitted(project.spec, { ...ref, namespaced });
}

const healthIn = (view: ClusterView, key: ResourceKey, live: KubeObject): HealthStatus | undefined =>
  live.metadata.annotations?.[annotations.ignoreHealthcheck] === 'true' ? undefined : view.get(key)?.health;

/** Whether an extra object counts; `IgnoreExtraneous` in its compare options takes it out. */
const counts = ({ pair, status }: Compared): boolean =>
  status.requiresPruning !== true ||
  pair.live === undefined ||
  !optionsOf(pair.live, annotations.compareOptions).includes('IgnoreExtraneous');

const syncCodeOf = (objects: readonly Compared[]): SyncCode =>
  objects.some((object) => object.status.status !== 'Synced' && counts(object)) ? 'OutOfSync' : 'Synced';

/** The worst health of what is live; Missing only where all of several wanted objects are missing. */
export function healthOfApp(objects: readonly Compared[]): HealthStatus {
  const live = objects.filter(({ pair }) => pair.live !== undefined);
  if (objects.length > 0 && live.length === 0) return { status: 'Missing' };
  let worst: HealthCode = HEALTH_ORDER[0];
  for (const { health } of live)
    if (health !== undefined && isWorse(health.status, worst)) worst = health.status;
  return { status: worst };
}

/** Objects that git wants here and that carry the mark of another Application. */
function sharedWarnings(
  objects: readonly Compared[],
  { app, view, instance }: CompareInput,
): readonly ConditionDraft[] {
  const name = `${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`;
  const drafts: ConditionDraft[] = [];
  for (const { pair } of objects) {
    const owner = view.get(pair.key)?.instance;
    if (pair.target === undefined || owner === undefined || owner === instance) continue;
    drafts.push({
      type: 'SharedResourceWarning',
      message: `${pair.ref.kind}/${pair.ref.name} is part of applications ${name} and ${owner}`,
    });
  }
  return drafts;
}

const sortKey = ({ pair: { ref } }: Compared): string =>
  `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
const byRef = (a: Compared, b: Compared): number => (sortKey(a) < sortKey(b) ? -1 : 1);
