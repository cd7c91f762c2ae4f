import type { AppOperationState } from '../api/schemas/application.ts';
import { field } from './field.ts';
import { statusCell } from './status-colour.ts';
import type { Paint } from './terminal.ts';
import { goSpan, goTime } from './time.ts';

export interface OperationOptions {
  readonly now: Date;
  readonly paint?: Paint;
}

/** How the last operation went, or goes. */
export function formatOperation(state: AppOperationState, { now, paint }: OperationOptions): string {
  const phase = statusCell(state.phase ?? '');
  const shownPhase =
    phase.colour === undefined || paint === undefined ? phase.text : paint(phase.text, phase.colour);
  return [
    state.operation?.sync ? field('Operation:', 'Sync') + field('Sync Revision:', revisionOf(state)) : '',
    field('Phase:', shownPhase),
    field('Start:', goTime(state.startedAt)),
    field('Finished:', state.finishedAt ? goTime(state.finishedAt) : '<nil>'),
    field('Duration:', durationOf(state, now)),
    state.message ? field('Message:', state.message) : '',
  ].join('');
}

function revisionOf({ syncResult }: AppOperationState): string {
  const several = syncResult?.revisions ?? [];
  return several.length > 0 ? several.join(', ') : (syncResult?.revision ?? '');
}

function durationOf({ startedAt, finishedAt }: AppOperationState, now: Date): string {
  const start = Date.parse(startedAt ?? '');
  if (Number.isNaN(start)) return '';
  return goSpan((finishedAt ? Date.parse(finishedAt) : now.getTime()) - start);
}
