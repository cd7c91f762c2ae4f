import {
  operationInfo,
  ownAnnotations,
  type Application,
  type Info,
  type Operation,
  type OperationState,
  type SyncStatus,
} from '@tiphys/model';

/** A sync that waits, and what the target revision is by now. */
export interface SupersedeInput {
  readonly app: Application;
  readonly state: OperationState;
  /** The newest comparison. */
  readonly sync: SyncStatus;
  /** The setting for Applications that do not say. */
  readonly isDefault: boolean;
  /** Whether the newer commits touch the Application at all. Default true. */
  readonly mayHaveChanged?: boolean;
}

/**
 * The newer revision that an automated sync which waits gives way to; undefined where it goes on. Asked between waves
 * and while it waits for a hook, for health or for its next try, so nothing is cut short.
 */
export function supersededBy(input: SupersedeInput): string | undefined {
  const { app, state, sync, mayHaveChanged = true } = input;
  if (!isWanted(app, input.isDefault) || !mayHaveChanged) return undefined;
  if (state.phase !== 'Running' || state.operation.initiatedBy?.automated !== true) return undefined;
  if (sync.status !== 'OutOfSync') return undefined;
  const newest = sync.revisions ?? [sync.revision ?? ''];
  const running = revisionsOf(state);
  const isNewer = newest.length === running.length && newest.some((revision, at) => revision !== running[at]);
  return isNewer && newest.every((revision) => revision !== '') ? newest.join(', ') : undefined;
}

function isWanted({ metadata }: Application, isDefault: boolean): boolean {
  const text = metadata.annotations?.[ownAnnotations.supersede];
  return text === undefined ? isDefault : text === 'true';
}

function revisionsOf({ operation, syncResult }: OperationState): readonly string[] {
  const known = syncResult ?? operation.sync;
  const several = known?.revisions ?? [];
  return several.length > 0 ? several : [known?.revision ?? ''];
}

/** The state of an operation that ends like one that was terminated, and remembers for what. */
export const supersede = (state: OperationState, revision: string): OperationState => ({
  ...state,
  phase: 'Terminating',
  message: `giving way to revision ${revision}`,
  operation: withInfo(state.operation, { name: operationInfo.supersededBy, value: revision }),
});

/** What a sync gave way to, if it did. */
export const successorOf = ({ operation }: OperationState): string | undefined =>
  operation.info?.find(({ name }) => name === operationInfo.supersededBy)?.value;

/** The message of a sync that ended: says it where it gave way. */
export function endedText(state: OperationState): string {
  const successor = successorOf(state);
  const message = state.message ?? '';
  return successor === undefined ? message : `${message}, superseded by revision ${successor}`;
}

/** An operation with one more piece of information, in place of one of that name. */
export const withInfo = (operation: Operation, info: Info): Operation => ({
  ...operation,
  info: [...(operation.info ?? []).filter(({ name }) => name !== info.name), info],
});
