import type { AppComparer, Look } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { Refresh } from './refresh.ts';
import { revisionNews } from './revision-news.ts';

/** A comparison, and whether the revision it was made at may be news. */
export interface FreshLook extends Look {
  readonly mayHaveChanged: boolean;
}

/** Compares, without a render where the newest commits touch nothing of what is rendered already. */
export async function freshLook(
  context: AppContext,
  refresh: Refresh,
  { memory, deps, comparer }: { memory: AppMemory; deps: ReconcilerDeps; comparer: AppComparer },
): Promise<FreshLook> {
  const { mayHaveChanged, revisions } = await revisionNews(context, refresh, { memory, deps });
  const { desired } = memory;
  const isRendered = revisions !== undefined && desired !== undefined && !refresh.isHard;
  if (isRendered) memory.desired = { ...desired, rendered: { ...desired.rendered, revisions } };
  const look = await comparer.compare(context, memory, isRendered ? { ...refresh, isRendered } : refresh);
  return { ...look, mayHaveChanged };
}
