import type { Api } from '../../api/api.ts';
import type { App } from '../../api/schemas/application.ts';
import type { Invocation } from '../../program/invocation.ts';
import {
  isOperating,
  isReached,
  isStale,
  type ChosenResources,
  type WaitConditions,
} from '../../waiting/conditions.ts';
import { TimedOut, withDeadline } from '../../waiting/deadline.ts';
import { Progress } from '../../waiting/progress.ts';
import { waitForApp } from '../../waiting/wait.ts';
import type { NamedRef } from './app-ref.ts';
import type { StateFormat } from './flags.ts';
import { printFinalState } from './state.ts';

export interface WaitRequest {
  readonly api: Api;
  readonly named: NamedRef;
  readonly conditions: WaitConditions;
  readonly chosen: ChosenResources;
  readonly timeout: number;
  readonly format: StateFormat;
  /** The name in the address that is printed. */
  readonly urlName: string;
  /** Show the state at the start, and compare anew before the final one. */
  readonly refreshAtEnd?: boolean;
}

/** Follows an application until the conditions hold, tells what changes, and prints how it is in the end. */
export async function waitAndPrint(invocation: Invocation, request: WaitRequest): Promise<App> {
  const { named, timeout } = request;
  const progress = new Progress(invocation.out, request.chosen);
  let last: App | undefined;
  const onState = (app: App): void => {
    last = app;
    if (!isForScripts(request)) progress.show(app, invocation.now());
  };
  const what = `waiting for app "${named.shown}" match desired state`;
  try {
    const app = await withDeadline(timeout, what, (signal) => follow(request, onState, signal));
    await printEnd(invocation, request, app);
    return app;
  } catch (error) {
    if (error instanceof TimedOut && last !== undefined) await printTimedOut(invocation, request, last);
    throw error;
  }
}

const isForScripts = ({ format }: WaitRequest): boolean => format === 'json' || format === 'yaml';

async function follow(
  request: WaitRequest,
  onState: (app: App) => void,
  signal: AbortSignal | undefined,
): Promise<App> {
  const { api, named } = request;
  const settle = (app: App): Promise<App | undefined> => settled(request, app, signal);
  const now = await api.applications.get(named.ref, undefined, signal);
  if (request.refreshAtEnd === true) onState(now);
  const already = await settle(now);
  if (already !== undefined) return already;
  onState(now);
  return waitForApp({ api, ref: named.ref, settle, onState, ...(signal && { signal }) });
}

/**
 * The application where the conditions hold. An operation that has ended says nothing of a status that was compared
 * before that; then a new comparison is asked for, and counts.
 */
async function settled(
  { api, named, conditions, chosen, refreshAtEnd = false }: WaitRequest,
  app: App,
  signal: AbortSignal | undefined,
): Promise<App | undefined> {
  const isOver = !(conditions.operation && isOperating(app));
  const isOld = conditions.operation && (refreshAtEnd || isStale(app));
  if (!isOver || (!isOld && !isReached(app, conditions, chosen))) return undefined;
  const fresh = isOld ? await api.applications.get(named.ref, 'normal', signal) : app;
  return isReached(fresh, conditions, chosen) ? fresh : undefined;
}

const printEnd = (invocation: Invocation, request: WaitRequest, app: App): Promise<void> => {
  const { api, named, urlName, format, conditions } = request;
  return printFinalState(
    invocation,
    { api, app, named, urlName },
    { format, operation: conditions.operation },
  );
};

async function printTimedOut(invocation: Invocation, request: WaitRequest, app: App): Promise<void> {
  if (isForScripts(request)) return;
  invocation.out.line('\nThis is the state of the app after wait timed out:');
  invocation.out.line('\nThe command timed out waiting for the conditions to be met.');
  await printEnd(invocation, request, app);
}
