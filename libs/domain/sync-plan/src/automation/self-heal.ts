import type { OperationState } from '@tiphys/model';

/** Waits between self-heals of one revision, in milliseconds. */
export interface SelfHealSettings {
  /** Fixed wait where `backoffBaseMs` is 0. */
  readonly timeoutMs: number;
  readonly backoffBaseMs: number;
  readonly backoffFactor: number;
  readonly backoffCapMs: number;
}

export const defaultSelfHeal: SelfHealSettings = {
  timeoutMs: 0,
  backoffBaseMs: 2_000,
  backoffFactor: 3,
  backoffCapMs: 300_000,
};

/** Self-heals in a row that led to this operation; any other sync begins anew at 0. */
export const healsSoFar = ({ operation }: OperationState): number =>
  operation.sync?.autoHealAttemptsCount ?? 0;

/** Milliseconds that are left until drift after this operation is healed; 0 or less means now. */
export function selfHealWait(last: OperationState, now: number, settings: SelfHealSettings): number {
  const elapsed = now - Date.parse(last.finishedAt ?? last.startedAt);
  if (settings.backoffBaseMs === 0) return settings.timeoutMs - elapsed;
  const heals = healsSoFar(last);
  if (heals === 0) return 0;
  const wait = settings.backoffBaseMs * settings.backoffFactor ** (heals - 1);
  return Math.min(wait, settings.backoffCapMs) - elapsed;
}
