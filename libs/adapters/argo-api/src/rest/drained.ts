import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Waits until a slow reader took what was written, or went away. */
export async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  response.off('close', leave);
}
