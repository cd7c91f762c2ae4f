import {
  hasCode,
  keyOf,
  messageOf,
  sourcesOf,
  type Application,
  type ApplicationStatus,
  type AppProject,
  type JsonObject,
  type ResourceStatus,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import { orphanWarning } from '@tiphys/resource-tree';
import { applicationOfInstance } from '@tiphys/tracking';
import type { AppMemory } from '../reconcile/app-memory.ts';
import { nowIn, type ReconcilerDeps } from '../reconcile/reconciler-deps.ts';
import { levels, type Refresh } from '../reconcile/refresh.ts';
import { statusOfFinding, type Finding } from '../status/build-status.ts';
import { comparedConditions, withConditions } from '../status/conditions.ts';
import { mergePatch } from '../status/merge-patch.ts';
import { compareApplication, type Comparison } from './compare.ts';
import { inUseBelow } from '../live/in-use.ts';
import { orphansOf } from '../live/orphans.ts';
import type { LiveObject } from '../live/live-object.ts';
import { loadDesired, type AppContext, type Desired } from './desired.ts';

/** What a look found, and what the status becomes by it. */
export interface Look {
  readonly status: ApplicationStatus;
  /** Undefined where git or the cluster could not be read. */
  readonly comparison: Comparison | undefined;
}

/** Compares Applications, from the manifests of last time or from new ones, and publishes what it saw. */
export class AppComparer {
  readonly #deps: ReconcilerDeps;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** A failure is a finding too: it becomes a condition, and nothing is ever done upon it. */
  async compare(context: AppContext, memory: AppMemory, refresh: Refresh): Promise<Look> {
    try {
      return await this.#compare(context, memory, refresh);
    } catch (error) {
      if (hasCode(error, 'canceled')) throw error;
      memory.desired = undefined;
      memory.failures = failuresAfter(memory.failures, refresh);
      const finding: Finding = {
        type: 'unknown',
        health: { status: context.app.status?.health?.status ?? 'Healthy' },
      };
      const status = this.statusOf(context.app, finding, [
        { type: 'ComparisonError', message: messageOf(error) },
      ]);
      return { comparison: undefined, status: { ...status, reconciledAt: nowIn(this.#deps) } };
    }
  }

  /** The status that follows from a finding and its conditions. */
  statusOf(app: Application, finding: Finding, drafts: readonly ConditionDraft[]): ApplicationStatus {
    const now = nowIn(this.#deps);
    const { resources: _before, ...kept } = app.status ?? {};
    const status = {
      ...(finding.type === 'invalid' ? app.status : kept),
      ...statusOfFinding(app, finding, now),
      ...(finding.type === 'invalid' ? {} : { controllerNamespace: this.#deps.settings.namespace }),
    };
    return withConditions(status, { drafts, types: comparedConditions, now });
  }

  async #compare(context: AppContext, memory: AppMemory, refresh: Refresh): Promise<Look> {
    const desired = await this.#desired(context, memory, refresh);
    const comparison = await compareApplication({
      ...context,
      prepared: desired.prepared,
      diffs: memory.diffs,
    });
    memory.failures = 0;
    memory.diffs.retain(new Set(comparison.objects.map(({ pair }) => pair.live?.metadata.uid ?? '')));
    // Before the status, so that whoever waited for the status reads what belongs to it.
    const orphans = this.#orphans(context, memory);
    await this.#deps.publisher.publish(context, { objects: comparison.objects, orphans }, memory);
    const finding: Finding = {
      type: 'compared',
      comparison,
      rendered: desired.rendered,
      ...inUseBelow(context.view, [
        ...comparison.objects.map(({ pair }) => pair.key),
        ...comparison.hooks.map(keyOfRow),
      ]),
    };
    const status = this.statusOf(context.app, finding, [
      ...desired.rendered.integrity.map((message) => ({ type: 'ComparisonError' as const, message })),
      ...comparison.conditions,
      ...orphanDrafts(orphans.length, context.project),
    ]);
    const isFull = refresh.level >= levels.manifests;
    // A precaution that finds nothing new writes nothing, or a change of one project or cluster would write all.
    const isQuiet = refresh.isPrecaution === true && isUnchanged(context.app.status, status);
    return {
      comparison,
      status: isFull && !isQuiet ? { ...status, reconciledAt: nowIn(this.#deps) } : status,
    };
  }

  /** What nobody owns in the destination namespace; the memory notes that changes there are news. */
  #orphans({ view, project, destination, instance }: AppContext, memory: AppMemory): readonly LiveObject[] {
    const { controlPlane, settings } = this.#deps;
    memory.orphanNamespace = project.spec.orphanedResources === undefined ? '' : destination.namespace;
    return orphansOf({
      view,
      project,
      instance,
      namespace: destination.namespace,
      isApplication: (other) => {
        const { namespace, name } = applicationOfInstance(other, settings.namespace);
        return controlPlane.applications.get(namespace, name) !== undefined;
      },
    });
  }

  async #desired(context: AppContext, memory: AppMemory, refresh: Refresh): Promise<Desired> {
    const { level, isHard, isRendered = level < levels.manifests } = refresh;
    if (memory.desired !== undefined && isRendered) return memory.desired;
    memory.desired = await loadDesired(this.#deps.repoServer, {
      context,
      settings: this.#deps.renderSettings,
      before: memory.desired,
      order: {
        ...(context.held ?? { sources: sourcesOf(context.app.spec) }),
        refreshRevision: level === levels.latest,
        noCache: isHard,
      },
    });
    return memory.desired;
  }
}

const keyOfRow = ({ group = '', kind, namespace = '', name }: ResourceStatus) =>
  keyOf({ group, kind, namespace, name });

function orphanDrafts(count: number, { spec }: AppProject): readonly ConditionDraft[] {
  const message = spec.orphanedResources && orphanWarning(count, spec.orphanedResources);
  return message === undefined ? [] : [{ type: 'OrphanedResourceWarning', message }];
}

/** Only looks that were due make the next wait longer: one that was asked for begins anew, a precaution leaves it. */
function failuresAfter(before: number, { isPrecaution }: Refresh): number {
  if (isPrecaution === undefined) return 1;
  return isPrecaution ? Math.max(1, before) : before + 1;
}

const isUnchanged = (before: ApplicationStatus | undefined, after: ApplicationStatus): boolean =>
  mergePatch(asJson(before ?? {}), asJson(after)) === undefined;

const asJson = (status: ApplicationStatus): JsonObject => status as unknown as JsonObject;
