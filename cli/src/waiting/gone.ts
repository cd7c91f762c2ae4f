import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import type { AppRef } from '../api/applications.ts';
import type { App } from '../api/schemas/application.ts';

const POLL_MS = 250;

export interface GoneOptions {
  readonly api: Api;
  readonly ref: AppRef;
  /** Told with each state while the application is still there. */
  readonly onState: (app: App) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until an application that could be read is not there any more. It asks again and again instead of watching:
 * a watch that begins after the end says nothing.
 */
export async function waitUntilGone({ api, ref, onState, signal }: GoneOptions): Promise<void> {
  for (;;) {
    const app = await readIfThere(api, ref, signal);
    if (app === undefined) return;
    onState(app);
    await pause(POLL_MS, undefined, signal && { signal });
  }
}

async function readIfThere(api: Api, ref: AppRef, signal?: AbortSignal): Promise<App | undefined> {
  try {
    return await api.applications.get(ref, undefined, signal);
  } catch (error) {
    if (isApiError(error, 'not-found', 'permission-denied')) return undefined;
    throw error;
  }
}
