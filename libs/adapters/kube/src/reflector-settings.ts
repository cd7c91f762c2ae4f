import type { BackoffSettings } from './backoff.ts';

/** How reflectors of a cluster behave; every field has a default. */
export interface ReflectorSettings {
  /** Milliseconds without event or bookmark after which a watch is made anew. Default 180 000: bookmarks come each minute. */
  readonly stallMs?: number;
  /** The same while the first listing streams; then it is listed in pages. Default 20 000. */
  readonly listStallMs?: number;
  /** The server ends a watch after this to twice this many seconds. Default 300. */
  readonly watchSeconds?: number;
  /** Waits after a failure that may pass (connection lost, 5xx). Default 0.5 s to 60 s. */
  readonly retry?: BackoffSettings;
  /** Waits after a refusal that only a change of the cluster can end (403, 404, 405). Default 10 s to 120 s. */
  readonly refused?: BackoffSettings;
}

export const reflectorDefaults: Required<ReflectorSettings> = {
  stallMs: 180_000,
  listStallMs: 20_000,
  watchSeconds: 300,
  retry: { firstMs: 500, maxMs: 60_000 },
  refused: { firstMs: 10_000, maxMs: 120_000 },
};
