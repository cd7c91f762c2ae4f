import { sourcesOf } from '@tiphys/model';
import type { AppComparer, Look } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { Refresh } from './refresh.ts';
import { renderInputs } from './render-inputs.ts';
import { namesPaths, revisionNews, type RevisionNews } from './revision-news.ts';

/** A comparison, and whether the revision it was made at may be news. */
export interface FreshLook extends Look {
  readonly mayHaveChanged: boolean;
}

interface Tools {
  readonly memory: AppMemory;
  readonly deps: ReconcilerDeps;
  readonly comparer: AppComparer;
}

/** Compares, without a render where the newest commits touch nothing of what is rendered already. */
export async function freshLook(context: AppContext, refresh: Refresh, tools: Tools): Promise<FreshLook> {
  const { memory, comparer } = tools;
  const news = await revisionNews(context, refresh, tools);
  const inputs = namesPaths(context.app) ? renderInputs(context, tools.deps) : undefined;
  const isRendered = moveOn(context, { news, refresh, inputs }, tools);
  const before = memory.desired;
  const look = await comparer.compare(context, memory, isRendered ? { ...refresh, isRendered } : refresh);
  if (memory.desired !== before) memory.inputs = inputs;
  return { ...look, mayHaveChanged: news.mayHaveChanged };
}

/** Takes what is rendered for what the newest revisions render, where nothing else has a say in that. */
function moveOn(
  { app, project }: AppContext,
  {
    news,
    refresh,
    inputs,
  }: { readonly news: RevisionNews; readonly refresh: Refresh; readonly inputs: string | undefined },
  { memory, deps }: Tools,
): boolean {
  const { desired } = memory;
  const { revisions } = news;
  if (revisions === undefined || desired === undefined || refresh.isHard) return false;
  if (inputs === undefined || inputs !== memory.inputs) return false;
  // A signature is of the commit, whatever that touches.
  if (sourcesOf(app.spec).some((source) => deps.renderSettings.signatureOf(source, project) !== undefined))
    return false;
  memory.desired = { ...desired, rendered: { ...desired.rendered, revisions } };
  return true;
}
