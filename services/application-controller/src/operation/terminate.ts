import {
  apiVersionOf,
  hasCode,
  keyOf,
  messageOf,
  type KubeObject,
  type OperationState,
  type ResourceResult,
} from '@tiphys/model';
import {
  BY_TIMEOUT,
  isComplete,
  isIntended,
  observedResult,
  TERMINATED,
  TERMINATED_BADLY,
  TIMED_OUT,
} from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import type { AppContext } from '../compare/desired.ts';
import { releaseHook } from './hooks/release.ts';
import { removeHook } from './hooks/remove.ts';
import { WriteGateway } from './write-gateway.ts';

export interface Termination {
  readonly phase: 'Failed' | 'Error';
  readonly message: string;
  readonly results: readonly ResourceResult[];
}

/**
 * Stops an operation: hooks that run are deleted, those that are complete are let go. Needs nothing but the results so
 * far, so that a repository that is away or an Application that changed meanwhile do not hold it up.
 */
export async function terminate(context: AppContext, state: OperationState): Promise<Termination> {
  failpoint('terminate-before');
  const { view, project, destination } = context;
  const gateway = new WriteGateway(view, project, destination);
  const syncOptions = state.operation.sync?.syncOptions ?? [];
  const ending: Ending = { context, gateway, syncOptions };
  const ends = await Promise.all(
    (state.syncResult?.resources ?? []).map((result) => endTask(result, ending)),
  );
  failpoint('terminate-after');
  const isBad = ends.some(({ failed }) => failed === true);
  const cause = state.message === TIMED_OUT ? BY_TIMEOUT : '';
  return {
    phase: isBad ? 'Error' : 'Failed',
    message: `${isBad ? TERMINATED_BADLY : TERMINATED}${cause}`,
    results: ends.map(({ result }) => result).filter((result) => !isIntended(result)),
  };
}

interface Ended {
  readonly result: ResourceResult;
  /** The hook could not be stopped. */
  readonly failed?: boolean;
}

interface Ending {
  readonly context: AppContext;
  readonly gateway: WriteGateway;
  readonly syncOptions: readonly string[];
}

const endTask = (result: ResourceResult, ending: Ending): Promise<Ended> =>
  result.hookType === undefined ? Promise.resolve({ result }) : endHook(result, ending);

async function endHook(result: ResourceResult, { context, gateway, syncOptions }: Ending): Promise<Ended> {
  try {
    const live = await liveHook(result, context, gateway);
    const seen = seenResult(result, live, context);
    if (isComplete(seen)) {
      if (live !== undefined) await releaseHook(gateway, result, live);
      return { result: seen };
    }
    if (live !== undefined) await removeHook(gateway, result, { live, syncOptions });
    return { result: { ...result, status: 'Synced', hookPhase: 'Failed', message: 'Terminated' } };
  } catch (error) {
    const message = `failed to delete resource: ${messageOf(error)}`;
    return { result: { ...result, hookPhase: 'Failed', message }, failed: true };
  }
}

function seenResult(
  result: ResourceResult,
  live: KubeObject | undefined,
  { view }: AppContext,
): ResourceResult {
  if (live === undefined || isIntended(result)) return result;
  const health = view.get(keyOf(result))?.health;
  const facts = { result, isLive: true, isTerminating: false, ...(health === undefined ? {} : { health }) };
  return observedResult({ isHook: true, ref: result }, facts) ?? result;
}

async function liveHook(
  result: ResourceResult,
  { view }: AppContext,
  gateway: WriteGateway,
): Promise<KubeObject | undefined> {
  const { group, version, kind, namespace, name } = result;
  const known = view.get(keyOf(result))?.object;
  if (known !== undefined) return known;
  const wanted: KubeObject = {
    apiVersion: apiVersionOf(group, version),
    kind,
    metadata: { name, namespace },
  };
  try {
    return await gateway.get(wanted, result);
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
