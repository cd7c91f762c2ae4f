import {
  annotations,
  FIELD_MANAGER,
  type Application,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { expressionsForJq, rulesFor, type CompareOptions } from '@tiphys/diff';
import type { DiffSettings } from '@tiphys/settings';
import { isOptionOn } from '@tiphys/sync-plan';

/** How the objects of one Application are compared; the same object for as long as nothing of it changes. */
export interface DiffPolicy {
  readonly app: readonly unknown[];
  readonly settings: DiffSettings;
  readonly options: CompareOptions;
  readonly optionsOnServer: CompareOptions;
  readonly rules: readonly ResourceIgnoreDifferences[];
  readonly syncOptions: readonly string[];
  /** Some rule needs jq. */
  readonly hasJq: boolean;
  /** The API server predicts what applying would do. */
  readonly isPredicted: boolean;
  /** What mutating webhooks add counts too. */
  readonly includesWebhooks: boolean;
}

export interface PolicyInput {
  readonly app: Application;
  readonly settings: DiffSettings;
  /** The setting `controller.diff.server.side`. */
  readonly serverSideDiff: boolean;
}

/** The policy of an Application; `before` itself where it still holds. */
export function policyOf(
  { app, settings, serverSideDiff }: PolicyInput,
  before: DiffPolicy | undefined,
): DiffPolicy {
  const asked = compareOptionsOf(app);
  const own = app.spec.ignoreDifferences ?? [];
  const syncOptions = app.spec.syncPolicy?.syncOptions ?? [];
  const basis = [own, syncOptions, asked];
  if (before?.settings === settings && JSON.stringify(before.app) === JSON.stringify(basis)) return before;
  const rules = [...settings.ignoreDifferences, ...own];
  const options = { ...settings, ignoreDifferences: rules };
  return {
    app: basis,
    settings,
    options,
    optionsOnServer: { ...options, serverSideManager: FIELD_MANAGER },
    rules,
    syncOptions,
    hasJq: expressionsForJq(rules).length > 0,
    isPredicted:
      (serverSideDiff || asked.includes('ServerSideDiff=true')) && !asked.includes('ServerSideDiff=false'),
    includesWebhooks: asked.includes('IncludeMutationWebhook=true'),
  };
}

const compareOptionsOf = (app: Application): readonly string[] =>
  (app.metadata.annotations?.[annotations.compareOptions] ?? '').split(',').map((option) => option.trim());

/** The options for one object; what was applied last is read from `managedFields` where it is applied on the server. */
export const optionsFor = (target: KubeObject, policy: DiffPolicy): CompareOptions =>
  isOptionOn('ServerSideApply', target, policy.syncOptions) ? policy.optionsOnServer : policy.options;

/** True where a rule for this object needs jq. */
export const needsJq = (live: KubeObject, { hasJq, rules }: DiffPolicy): boolean =>
  hasJq && expressionsForJq(rulesFor(rules, live)).length > 0;
