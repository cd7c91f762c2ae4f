import type {
  ApplicationSpec,
  Operation,
  ResourceStatus,
  SyncOperation,
  SyncOperationResource,
} from '@tiphys/model';
import type { Target } from './attempted.ts';

/** Retries of an automated sync that names no limit. */
const AUTOMATED_RETRY_LIMIT = 5;

/** A self-heal: which one in a row it is, and what it heals. */
export interface Heal {
  readonly attempts: number;
  readonly drifted: readonly ResourceStatus[];
}

/** The operation that an automated sync writes; a self-heal names the drifted objects, in any namespace. */
export function automatedOperation(
  { syncPolicy }: Pick<ApplicationSpec, 'syncPolicy'>,
  target: Target,
  heal: Heal | undefined,
): Operation {
  return {
    initiatedBy: { automated: true },
    retry: syncPolicy?.retry ?? { limit: AUTOMATED_RETRY_LIMIT },
    sync: {
      ...revisionsOf(target),
      ...(syncPolicy?.automated?.prune === true ? { prune: true } : {}),
      ...(syncPolicy?.syncOptions === undefined ? {} : { syncOptions: syncPolicy.syncOptions }),
      ...(heal === undefined
        ? {}
        : { autoHealAttemptsCount: heal.attempts, resources: heal.drifted.map(selectionOf) }),
    },
  };
}

function revisionsOf({ sync, sources, isMultiple }: Target): SyncOperation {
  if (isMultiple) return { revisions: sync.revisions ?? [], sources };
  const [source] = sources;
  return { revision: sync.revision ?? '', ...(source === undefined ? {} : { source }) };
}

const selectionOf = ({ group, kind, name }: ResourceStatus): SyncOperationResource => ({
  ...(group === undefined || group === '' ? {} : { group }),
  kind,
  name,
});
