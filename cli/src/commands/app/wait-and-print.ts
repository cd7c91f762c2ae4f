import type { Api } from '../../api/api.ts';
import type { App } from '../../api/schemas/application.ts';
import type { Invocation } from '../../program/invocation.ts';
import { isReached, type ChosenResources, type WaitConditions } from '../../waiting/conditions.ts';
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
  /** Compare anew before the final state is shown. */
  readonly refreshAtEnd?: boolean;
}

/** Follows an application until the conditions hold, tells what changes, and prints how it is in the end. */
export async function waitAndPrint(invocation: Invocation, request: WaitRequest): Promise<App> {
  const { api, named, conditions, chosen, timeout } = request;
  const quiet = request.format === 'json' || request.format === 'yaml';
  const progress = new Progress(invocation.out, chosen);
  const what = `waiting for app "${named.shown}" match desired state`;
  let last: App | undefined;
  const onState = (app: App): void => {
    last = app;
    if (!quiet) progress.show(app, invocation.now());
  };
  try {
    const reached = await withDeadline(timeout, what, async (signal) => {
      const now = await api.applications.get(named.ref, undefined, signal);
      if (isReached(now, conditions, chosen)) return now;
      onState(now);
      const until = (app: App): boolean => isReached(app, conditions, chosen);
      return waitForApp({ api, ref: named.ref, until, onState, ...(signal && { signal }) });
    });
    const app = request.refreshAtEnd === true ? await api.applications.get(named.ref, 'normal') : reached;
    await printEnd(invocation, request, app);
    return app;
  } catch (error) {
    if (error instanceof TimedOut && last !== undefined) await printTimedOut(invocation, request, last);
    throw error;
  }
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
  if (request.format === 'json' || request.format === 'yaml') return;
  invocation.out.line('\nThis is the state of the app after wait timed out:');
  invocation.out.line('\nThe command timed out waiting for the conditions to be met.');
  await printEnd(invocation, request, app);
}
