import type { App } from '../../api/schemas/application.ts';
import { Failure } from '../../program/failure.ts';

/** Fails where the operation of an application failed, or left objects that only pruning takes away. */
export function checkOutcome(app: App, { wholeApp }: { readonly wholeApp: boolean }): void {
  const state = app.status?.operationState;
  const { name } = app.metadata;
  if (state && state.phase !== 'Succeeded')
    throw new Failure(`Operation has completed with phase: ${state.phase ?? 'unknown'}`, {
      hints: [
        ...(state.message ? [state.message] : []),
        `tiphys app get ${name} --show-operation shows what became of each object.`,
      ],
    });
  if (!wholeApp || app.status?.sync?.status === 'Synced') return;
  const left = (state?.syncResult?.resources ?? []).filter(({ status }) => status === 'PruneSkipped');
  if (left.length > 0)
    throw new Failure(`${String(left.length)} resources require pruning`, {
      hints: [`tiphys app sync ${name} --prune deletes them.`],
    });
}
