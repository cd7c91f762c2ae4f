import { TiphysError, isAutomated, operationInfo, ownAnnotations } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import { describeHold, holdForRollback, holdOf, isoSeconds, isRollbackHeld } from '@tiphys/sync-plan';
import { parseGoDuration } from '@tiphys/runtime/config';

/** Whether rollbacks hold where an Application does not say. */
const SWITCH = 'tiphys.rollback.hold';
/** How long, as a Go duration; without end where it is not set. */
const DURATION = 'tiphys.rollback.hold.duration';

export interface HoldSettings {
  /** A value of `argocd-cm`; empty where it is not set. */
  cm(key: string): string;
}

/** True where rolling an automated Application back pins it instead of being refused. */
export const rollbackHolds = (app: Application, settings: HoldSettings): boolean =>
  isAutomated(app.spec) && isRollbackHeld(app, settings.cm(SWITCH) === 'true');

/** What a rollback writes beside its operation: the annotation that pins, and a word of it for clients. */
export interface HoldMarks {
  readonly annotations: Readonly<Record<string, string>>;
  readonly info: readonly JsonObject[];
}

/**
 * The marks of a rollback to an entry of the history, by someone, at a moment in milliseconds since the epoch.
 * @throws TiphysError `failed-precondition` where the setting of the duration cannot be read.
 */
export function holdMarks(
  app: Application,
  { id, by, now }: { readonly id: number; readonly by: string; readonly now: number },
  settings: HoldSettings,
): HoldMarks {
  const text = settings.cm(DURATION);
  const lasts = text === '' ? undefined : parseGoDuration(text);
  if (text !== '' && lasts === undefined)
    throw new TiphysError('failed-precondition', `${DURATION} of argocd-cm is '${text}', not like 24h`);
  const until = lasts === undefined ? {} : { until: isoSeconds(new Date(now + lasts)) };
  const hold = holdForRollback(app, { id, by, at: isoSeconds(new Date(now)), ...until });
  if (hold === undefined) return { annotations: {}, info: [] };
  const annotations = { [ownAnnotations.hold]: hold };
  const read = holdOf({ ...app, metadata: { ...app.metadata, annotations } });
  const value = read.type === 'held' ? describeHold(read.hold, read.target) : hold;
  return { annotations, info: [{ name: operationInfo.held, value }] };
}

/**
 * A sync by hand of a held Application would be undone by the next look.
 * @throws TiphysError `failed-precondition` naming how to end the hold.
 */
export function refuseWhileHeld(app: Application): void {
  const outcome = holdOf(app);
  if (outcome.type === 'none' || !isAutomated(app.spec)) return;
  const what = outcome.type === 'held' ? describeHold(outcome.hold, outcome.target) : outcome.mistake;
  throw new TiphysError(
    'failed-precondition',
    `cannot sync: ${what}; remove the annotation ${ownAnnotations.hold} to end the hold`,
  );
}
