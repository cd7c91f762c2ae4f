import {
  annotations,
  describeRef,
  FIELD_MANAGER,
  isTiphysError,
  keyOfObject,
  messageOf,
  refOf,
  TiphysError,
  type Application,
  type KubeObject,
  type ResourceKey,
} from '@tiphys/model';
import {
  compareObject,
  comparePredicted,
  withAllIgnoredFromLive,
  withoutForeignChanges,
  withoutJqIgnored,
  withoutSecretValues,
  type Comparison,
  type JqDelete,
} from '@tiphys/diff';
import type { DiffSettings } from '@tiphys/settings';
import type { ClusterView } from '../live/cluster-view.ts';
import { needsJq, optionsFor, policyOf, type DiffPolicy } from './diff-policy.ts';
import { inParallel } from './in-parallel.ts';
import { isSameBesidesStatus, predictOnServer } from './predict-on-server.ts';
import { TimeSlice } from './time-slice.ts';

/** What comparisons of all Applications share. */
export interface DiffTools {
  readonly settings: () => DiffSettings;
  readonly jq: JqDelete;
  /** Let API servers predict what applying does, unless an Application says otherwise. */
  readonly serverSideDiff: boolean;
}

export interface DiffPair {
  readonly target: KubeObject;
  readonly live: KubeObject;
}

export interface DiffContext {
  readonly app: Application;
  readonly view: ClusterView;
}

interface Entry extends DiffPair {
  readonly policy: DiffPolicy;
  readonly result: Comparison;
}

/** Dry runs and jq calls of one Application under way at once. */
const PARALLEL = 8;

/**
 * Remembers comparisons by live object: a pair is compared anew only when the desired object (by identity), the live
 * version or the rules changed. A prediction of the API server outlives changes of the status alone, and is asked for
 * anew where somebody asked for a refresh.
 */
export class DiffCache {
  readonly #entries = new Map<string, Entry>();
  readonly #tools: DiffTools;
  #policy: DiffPolicy | undefined;

  constructor(tools: DiffTools) {
    this.#tools = tools;
  }

  /**
   * Compares all pairs, by the key of the live object. Gives way to other work in between. Rejects, naming the object,
   * where jq or the API server cannot be asked: what cannot be compared must not be acted upon.
   */
  async compareAll(
    pairs: readonly DiffPair[],
    context: DiffContext,
  ): Promise<ReadonlyMap<ResourceKey, Comparison>> {
    const policy = this.#policyOf(context.app);
    const results = new Map<ResourceKey, Comparison>();
    const slow: DiffPair[] = [];
    const slice = new TimeSlice();
    for (const pair of pairs) {
      const known = this.#known(pair, policy, context.app);
      if (known !== undefined) results.set(keyOfObject(pair.target), known);
      else if (policy.isPredicted || needsJq(pair.live, policy)) slow.push(pair);
      else {
        const result = compareObject({ ...pair, options: optionsFor(pair.target, policy) });
        results.set(keyOfObject(pair.target), this.#remember({ ...pair, policy, result }));
      }
      if (slice.isSpent) await slice.rest();
    }
    await inParallel(slow, PARALLEL, async (pair) => {
      const result = await this.#compareSlowly(pair, policy, context.view);
      results.set(keyOfObject(pair.target), this.#remember({ ...pair, policy, result }));
    });
    return results;
  }

  /** The target with the live values of all that is ignored (sync option `RespectIgnoreDifferences`). */
  withIgnoredFromLive(pair: DiffPair, app: Application): Promise<KubeObject> {
    const { rules } = this.#policyOf(app);
    return withAllIgnoredFromLive(pair, rules, this.#tools.jq);
  }

  /** Drops what is known of objects that are no longer compared. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#entries.keys()) if (!uids.has(uid)) this.#entries.delete(uid);
  }

  #policyOf(app: Application): DiffPolicy {
    const { settings, serverSideDiff } = this.#tools;
    this.#policy = policyOf({ app, settings: settings(), serverSideDiff }, this.#policy);
    return this.#policy;
  }

  #known({ target, live }: DiffPair, policy: DiffPolicy, app: Application): Comparison | undefined {
    const known = this.#entries.get(live.metadata.uid ?? '');
    if (known?.target !== target || known.policy !== policy) return undefined;
    if (policy.isPredicted && app.metadata.annotations?.[annotations.refresh] !== undefined) return undefined;
    const isSame =
      known.live.metadata.resourceVersion === live.metadata.resourceVersion ||
      (policy.isPredicted &&
        policy.settings.ignoreResourceStatusField === 'all' &&
        isSameBesidesStatus(known.live, live));
    return isSame ? known.result : undefined;
  }

  #remember(entry: Entry): Comparison {
    this.#entries.set(entry.live.metadata.uid ?? '', entry);
    return entry.result;
  }

  async #compareSlowly(pair: DiffPair, policy: DiffPolicy, view: ClusterView): Promise<Comparison> {
    try {
      const { target, live } = pair;
      const { jq } = this.#tools;
      if (!policy.isPredicted) {
        const left = await withoutJqIgnored(pair, policy.rules, jq);
        return compareObject({ ...left, options: optionsFor(target, policy) });
      }
      const answer = await predictOnServer(view, target);
      const predicted = policy.includesWebhooks
        ? answer
        : withoutForeignChanges({ target, live, predicted: answer }, FIELD_MANAGER);
      const left = await withoutJqIgnored({ target: predicted, live }, policy.rules, jq);
      return comparePredicted({ predicted: left.target, live: left.live, options: policy.options });
    } catch (error) {
      // Without its cause, which may quote what a Secret holds.
      const reason = withoutSecretValues(messageOf(error), [pair.target, pair.live]);
      throw new TiphysError(
        isTiphysError(error) && error.code === 'unavailable' ? 'unavailable' : 'failed-precondition',
        `Failed to compare desired state to live state: ${describeRef(refOf(pair.target))}: ${reason}`,
      );
    }
  }
}
