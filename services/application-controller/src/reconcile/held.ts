import { ownAnnotations, type Application } from '@tiphys/model';
import { describeHold, holdEndsIn, holdOf, type Hold, type HeldTarget } from '@tiphys/sync-plan';

/** Somebody wants an Application to stay at a revision. */
export interface Held {
  readonly hold: Hold;
  readonly target: HeldTarget;
}

/** What an Application is held at, and what is wrong with how that was said. */
export function heldOf(app: Application): { readonly held?: Held; readonly mistake?: string } {
  const outcome = holdOf(app);
  switch (outcome.type) {
    case 'none':
      return {};
    case 'held':
      return { held: { hold: outcome.hold, target: outcome.target } };
    case 'unreadable':
      return { mistake: outcome.mistake };
  }
}

/** The annotation as it stands; empty where there is none. */
export const holdText = ({ metadata }: Application): string =>
  metadata.annotations?.[ownAnnotations.hold] ?? '';

export const describeHeld = ({ hold, target }: Held): string => describeHold(hold, target);

/** Timers do not count further than some weeks. */
const LONGEST_WAIT_MS = 86_400_000;

/** Milliseconds until a hold ends by itself or has to be looked at for that; undefined where it does not. */
export function heldFor(held: Held | undefined, now: number): number | undefined {
  const left = held === undefined ? undefined : holdEndsIn(held.hold, now);
  return left === undefined ? undefined : Math.min(left, LONGEST_WAIT_MS);
}
