import { setTimeout as delay } from 'node:timers/promises';
import { TiphysError } from '@tiphys/model';
import type { ManagedProcess } from './managed-process.ts';

export interface PollOptions {
  /** What is awaited, for the error. */
  readonly what: string;
  /** Milliseconds; default 30 000. */
  readonly timeoutMs?: number;
  /** Milliseconds; default 50. */
  readonly intervalMs?: number;
}

/**
 * Asks until the answer is neither undefined nor false. A throwing question
 * counts as "not yet"; its last error becomes the cause of the deadline error.
 */
export async function poll<T>(
  question: () => Promise<T | undefined | false> | T | undefined | false,
  options: PollOptions,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await question();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      throw new TiphysError('deadline', `${options.what}: not so after ${timeoutMs} ms${why}`, { cause });
    }
    await delay(options.intervalMs ?? 50);
  }
}

/** Waits until a server answers; fails at once, with the end of its log, when it ends before. */
export async function waitReady(
  server: ManagedProcess,
  isReady: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const ended = server.exited.then(({ code, signal }) => {
    throw new TiphysError(
      'unavailable',
      `${server.name} ended while starting (${signal ?? `exit code ${code}`}):\n${server.logTail()}`,
    );
  });
  const ready = poll(isReady, { what: `${server.name} is ready`, timeoutMs }).catch((error: unknown) => {
    if (!server.isRunning()) return ended;
    const message = error instanceof Error ? error.message : String(error);
    throw new TiphysError('deadline', `${message}\n${server.logTail()}`, { cause: error });
  });
  await Promise.race([ready, ended]);
}
