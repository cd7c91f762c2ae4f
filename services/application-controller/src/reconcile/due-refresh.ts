import { annotations, type Application } from '@tiphys/model';
import type { AppMemory } from './app-memory.ts';
import { failuresOf, resyncMsOf } from './look-timing.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { refreshOf, type Refresh } from './refresh.ts';

/** The refresh that was asked for is done with the same patch. */
export const refreshDone = { annotations: { [annotations.refresh]: null } } as const;

/** How deep to look now, by what was asked for and what time it is; what was asked for is taken. */
export function takeRefresh(app: Application, memory: AppMemory, deps: ReconcilerDeps): Refresh | undefined {
  const now = deps.clock.now();
  const { hardResyncMs } = deps.settings;
  const refresh = refreshOf({
    app,
    pending: memory.take(),
    hasDesired: memory.desired !== undefined,
    hasFailed: failuresOf(app, memory) > 0,
    now,
    resyncMs: resyncMsOf(app, memory, deps),
    isHardDue: hardResyncMs > 0 && now - memory.hardAt >= hardResyncMs,
  });
  if (refresh?.isHard === true) memory.hardAt = now;
  return refresh;
}
