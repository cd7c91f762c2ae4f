import { annotations, type KubeObject } from '@tiphys/model';
import { hasSyncOption, optionsOf } from './options.ts';

/** An object that is to be written, as git wants it and as it runs. */
export interface WrittenObject {
  readonly target: KubeObject;
  readonly live?: KubeObject | undefined;
}

/** Options as an Application lists them under `syncOptions`. */
export type AppSyncOptions = readonly string[];

/** `Replace=true`, on the Application or on the object, desired or live. */
export const isReplaced = ({ target, live }: WrittenObject, app: AppSyncOptions): boolean =>
  app.includes('Replace=true') || isOwn('Replace=true', { target, live });

/**
 * `Force=true` on the object, desired or live. Of an Application it is no option: there the strategy of the operation
 * forces (`isForced`).
 */
export const isForced = (object: WrittenObject, isForcedByStrategy: boolean): boolean =>
  isForcedByStrategy || isOwn('Force=true', object);

/** `ServerSideApply=true`, on the Application or the object; the object's own `false` wins over both. */
export const isAppliedOnServer = (target: KubeObject, app: AppSyncOptions): boolean =>
  !hasSyncOption(target, 'ServerSideApply=false') &&
  (app.includes('ServerSideApply=true') || hasSyncOption(target, 'ServerSideApply=true'));

/** False for `Validate=false`, on the Application or the object. */
export const isValidated = (target: KubeObject, app: AppSyncOptions): boolean =>
  !app.includes('Validate=false') && !hasSyncOption(target, 'Validate=false');

/** `SkipDryRunOnMissingResource=true`, on the Application or the object. */
export const isTriedWithoutKind = (target: KubeObject, app: AppSyncOptions): boolean =>
  app.includes('SkipDryRunOnMissingResource=true') ||
  hasSyncOption(target, 'SkipDryRunOnMissingResource=true');

/** `ClientSideApplyMigration=false` on the Application turns the move of fields before a server-side apply off. */
export const movesFieldsOfClientSideApply = (app: AppSyncOptions): boolean =>
  !app.includes('ClientSideApplyMigration=false');

/** Whether an object may go: at once, never, or once somebody confirms it. */
export type Removal = 'allowed' | 'refused' | 'confirmed';

/** `Prune=…`: what the live object says, else what the Application says, else allowed. */
export const pruningOf = (live: KubeObject, app: AppSyncOptions): Removal => removalOf('Prune', live, app);

/** `Delete=…` for the deletion of an Application, read as `Prune`; `helm.sh/resource-policy: keep` refuses it too. */
export const deletionOf = (live: KubeObject, app: AppSyncOptions): Removal =>
  live.metadata.annotations?.[annotations.helmResourcePolicy] === 'keep'
    ? 'refused'
    : removalOf('Delete', live, app);

/** `PruneLast=true`, on the Application or the live object. */
export const isPrunedLast = (live: KubeObject, app: AppSyncOptions): boolean =>
  app.includes('PruneLast=true') || hasSyncOption(live, 'PruneLast=true');

/** How the dependents of a pruned object go: `PrunePropagationPolicy` of the Application, foreground by default. */
export function propagationOfPrune(app: AppSyncOptions): 'Foreground' | 'Background' | 'Orphan' {
  if (app.includes('PrunePropagationPolicy=background')) return 'Background';
  return app.includes('PrunePropagationPolicy=orphan') ? 'Orphan' : 'Foreground';
}

/** `CreateNamespace=true` on the Application. */
export const createsNamespace = (app: AppSyncOptions): boolean => app.includes('CreateNamespace=true');

/** `FailOnSharedResource=true` on the Application. */
export const failsOnSharedResource = (app: AppSyncOptions): boolean =>
  app.includes('FailOnSharedResource=true');

/** `RespectIgnoreDifferences=true` on the Application. */
export const respectsIgnoreDifferences = (app: AppSyncOptions): boolean =>
  app.includes('RespectIgnoreDifferences=true');

/** What decides whether an object of a plan is applied. */
export interface ApplyNeed {
  /** The comparison found target and live to be equal. */
  readonly isSynced: boolean;
  readonly hasLive: boolean;
  /** The operation has dealt with the object already, so that its result stays in view. */
  readonly hasResult: boolean;
}

/** False where `ApplyOutOfSyncOnly=true` leaves a desired object alone, as it runs as desired. */
export const needsApply = ({ isSynced, hasLive, hasResult }: ApplyNeed, app: AppSyncOptions): boolean =>
  hasResult || !isSynced || !hasLive || !app.includes('ApplyOutOfSyncOnly=true');

const isOwn = (option: string, { target, live }: WrittenObject): boolean =>
  hasSyncOption(target, option) || (live !== undefined && hasSyncOption(live, option));

function removalOf(name: 'Prune' | 'Delete', live: KubeObject, app: AppSyncOptions): Removal {
  return choiceIn(name, optionsOf(live, annotations.syncOptions)) ?? choiceIn(name, app) ?? 'allowed';
}

function choiceIn(name: 'Prune' | 'Delete', options: readonly string[]): Removal | undefined {
  if (options.includes(`${name}=false`)) return 'refused';
  if (options.includes(`${name}=confirm`)) return 'confirmed';
  return options.includes(`${name}=true`) ? 'allowed' : undefined;
}
