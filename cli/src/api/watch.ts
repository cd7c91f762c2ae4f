import type * as z from 'zod/mini';
import { setTimeout as pause } from 'node:timers/promises';
import type { AppRef } from './applications.ts';
import { isApiError } from './api-error.ts';
import { readEvents } from './events.ts';
import { NetworkFailure } from './network-failure.ts';
import { parsed } from './rest.ts';
import { watchEventSchema, type WatchEvent } from './schemas/application.ts';
import type { Query, Transport } from './transport.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** How often in a row a stream may end without a single event before the watch gives up. */
const MOST_EMPTY_STREAMS = 30;

/** Events of one application; see `watchObjects`. */
export const watchApplication = (
  transport: Transport,
  ref: AppRef,
  signal?: AbortSignal,
): AsyncGenerator<WatchEvent> => {
  const query = { name: ref.name, appNamespace: ref.namespace };
  return watchObjects(
    transport,
    { path: '/api/v1/stream/applications', query, schema: watchEventSchema },
    signal,
  );
};

/** A stream of events of objects. */
export interface WatchedObjects<S extends z.ZodMiniType> {
  readonly path: string;
  readonly query: Query;
  readonly schema: S;
}

/**
 * Events of what a query picks, beginning with what it is now. A stream that ends or breaks is opened again; each time it
 * begins with the object as it is then, so nothing is missed, and it may be told twice. Ends only with the signal
 * (by its reason) or an answer of the server that another try would not change.
 */
export async function* watchObjects<S extends z.ZodMiniType>(
  transport: Transport,
  { path, query, schema }: WatchedObjects<S>,
  signal?: AbortSignal,
): AsyncGenerator<z.infer<S>> {
  for (let empty = 0; ;) {
    try {
      for await (const result of readEvents(transport, { path, query, ...(signal && { signal }) })) {
        empty = 0;
        yield parsed(schema, result, path);
      }
      empty++;
    } catch (error) {
      signal?.throwIfAborted();
      if (++empty > MOST_EMPTY_STREAMS || !isPassing(error)) throw error;
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** empty, LONGEST_PAUSE_MS), undefined, signal && { signal });
  }
}

/** True for failures after which another try may do better. */
export const isPassing = (error: unknown): boolean =>
  isBroken(error) || isApiError(error, 'unavailable', 'resource-exhausted', 'deadline', 'canceled');

const isBroken = (error: unknown): boolean =>
  (error instanceof NetworkFailure && error.problem !== 'certificate' && error.problem !== 'not-tls') ||
  (error instanceof Error && 'code' in error && error.code === 'ECONNRESET');
