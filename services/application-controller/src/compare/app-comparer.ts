import {
  hasCode,
  messageOf,
  sourcesOf,
  type Application,
  type ApplicationStatus,
  type JsonObject,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import type { AppMemory } from '../reconcile/app-memory.ts';
import { nowIn, type ReconcilerDeps } from '../reconcile/reconciler-deps.ts';
import { levels, type Refresh } from '../reconcile/refresh.ts';
import { statusOfFinding, type Finding } from '../status/build-status.ts';
import { comparedConditions, withConditions } from '../status/conditions.ts';
import { mergePatch } from '../status/merge-patch.ts';
import { compareApplication, type Comparison } from './compare.ts';
import { imagesInUse } from '../live/images-in-use.ts';
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
    await this.#deps.publisher.publish(context, comparison.objects, memory);
    const finding: Finding = {
      type: 'compared',
      comparison,
      rendered: desired.rendered,
      images: imagesInUse(
        context.view,
        comparison.objects.map(({ pair }) => pair.key),
      ),
    };
    const status = this.statusOf(context.app, finding, comparison.conditions);
    const isFull = refresh.level >= levels.manifests;
    // A precaution that finds nothing new writes nothing, or a change of one project or cluster would write all.
    const isQuiet = refresh.isPrecaution === true && isUnchanged(context.app.status, status);
    return {
      comparison,
      status: isFull && !isQuiet ? { ...status, reconciledAt: nowIn(this.#deps) } : status,
    };
  }

  async #desired(context: AppContext, memory: AppMemory, { level, isHard }: Refresh): Promise<Desired> {
    if (memory.desired !== undefined && level < levels.manifests) return memory.desired;
    memory.desired = await loadDesired(this.#deps.repoServer, {
      context,
      settings: this.#deps.renderSettings,
      before: memory.desired,
      order: {
        sources: sourcesOf(context.app.spec),
        refreshRevision: level === levels.latest,
        noCache: isHard,
      },
    });
    return memory.desired;
  }
}

/** Only looks that were due make the next wait longer: one that was asked for begins anew, a precaution leaves it. */
function failuresAfter(before: number, { isPrecaution }: Refresh): number {
  if (isPrecaution === undefined) return 1;
  return isPrecaution ? Math.max(1, before) : before + 1;
}

const isUnchanged = (before: ApplicationStatus | undefined, after: ApplicationStatus): boolean =>
  mergePatch(asJson(before ?? {}), asJson(after)) === undefined;

const asJson = (status: ApplicationStatus): JsonObject => status as unknown as JsonObject;
