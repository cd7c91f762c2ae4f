import {
  FIELD_MANAGER,
  TiphysError,
  annotations,
  asJson,
  describeRef,
  gvkOf,
  isTiphysError,
  messageOf,
  refOf,
} from '@tiphys/model';
import type { Application, JsonObject, KubeObject, ResourceIgnoreDifferences } from '@tiphys/model';
import { comparePredicted, withoutForeignChanges, withoutJqIgnored, withoutSecretValues } from '@tiphys/diff';
import type { Comparison } from '@tiphys/diff';
import type { Jq } from '@tiphys/ports';
import type { DiffSettings } from '@tiphys/settings';
import type { DestinationCluster } from '../../clusters/destination-clusters.ts';

/** What is left out of a comparison. */
export interface DiffRules {
  readonly settings: DiffSettings;
  readonly ignoreDifferences: readonly ResourceIgnoreDifferences[];
  /** What mutating webhooks add counts too. */
  readonly includesWebhooks: boolean;
}

export function rulesOf(app: Application, settings: DiffSettings): DiffRules {
  const options = (app.metadata.annotations?.[annotations.compareOptions] ?? '').split(',');
  return {
    settings,
    ignoreDifferences: [...settings.ignoreDifferences, ...(app.spec.ignoreDifferences ?? [])],
    includesWebhooks: options.some((option) => option.trim() === 'IncludeMutationWebhook=true'),
  };
}

/**
 * Compares a live object with what the API server says that applying the target would make of it. Nothing is written.
 * Errors: `failed-precondition` with the refusal of the API server, `unavailable` where it cannot be reached.
 */
export async function predictedComparison(
  { target, cluster }: { readonly target: KubeObject; readonly cluster: DestinationCluster },
  rules: DiffRules,
  jq: Jq,
): Promise<Comparison> {
  try {
    const resource = await cluster.resource(gvkOf(target));
    const live = await cluster.api.get(resource, refOf(target));
    const answer = await cluster.api.patch(resource, refOf(target), {
      type: 'apply',
      body: asJson(target),
      dryRun: true,
      force: true,
      fieldManager: FIELD_MANAGER,
    });
    const predicted = rules.includesWebhooks
      ? answer
      : withoutForeignChanges({ target, live, predicted: answer }, FIELD_MANAGER);
    const { settings, ignoreDifferences } = rules;
    const left = await withoutJqIgnored(
      { target: predicted, live },
      ignoreDifferences,
      (expressions, documents) => jq.deleteAll(expressions, documents),
    );
    const options = { ...settings, ignoreDifferences };
    return comparePredicted({ predicted: left.target, live: left.live, options });
  } catch (error) {
    const reason = withoutSecretValues(messageOf(error), [target]);
    const isAway = isTiphysError(error) && (error.code === 'unavailable' || error.code === 'canceled');
    throw new TiphysError(
      isAway ? 'unavailable' : 'failed-precondition',
      `cannot compare ${describeRef(refOf(target))} on the server: ${reason}`,
      { cause: error },
    );
  }
}

/** What of an object is no part of a difference. */
const HIDDEN = ['managedFields', 'creationTimestamp', 'resourceVersion', 'generation', 'selfLink'];

/** An object as a difference shows it. */
export function shownState(object: KubeObject): JsonObject {
  const { annotations: all = {}, ...metadata } = object.metadata;
  const kept = Object.entries(metadata).filter(([key]) => !HIDDEN.includes(key));
  const notes = Object.entries(all).filter(([key]) => key !== annotations.lastApplied);
  return asJson({
    ...object,
    metadata: {
      ...Object.fromEntries(kept),
      ...(notes.length === 0 ? {} : { annotations: Object.fromEntries(notes) }),
    },
  });
}
