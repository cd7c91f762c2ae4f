import { exitCodes, Failure } from '../program/failure.ts';

/** The time was up. */
export class TimedOut extends Failure {
  constructor(seconds: number, what: string) {
    super(`timed out (${String(seconds)}s) ${what}`, { exitCode: exitCodes.general });
  }
}

/** Runs something that stops at the signal; after `seconds` (0: never) it fails with TimedOut. */
export async function withDeadline<T>(
  seconds: number,
  what: string,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (seconds <= 0) return work(undefined);
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw new TimedOut(seconds, what);
    throw error;
  }
}
