import type { AbortSignalLike } from './clock.ts';

export interface Command {
  /** Name found on the runner's PATH, or an absolute path. Never a shell. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** All of the environment beyond the runner's own PATH, HOME, TMPDIR and locale. Nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds; the whole process group is killed at the deadline. Default 90 000. */
  readonly timeoutMs?: number;
  /** Bytes of standard output kept; more is an error `resource-exhausted`. Default 100 MiB. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignalLike;
  /** Values that must never appear in an error or a log line (passwords, tokens). */
  readonly secrets?: readonly string[];
}

export interface CommandResult {
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/**
 * Runs child processes: own process group, deadline, private HOME, no inherited environment.
 * Rejects with a TiphysError: `deadline`, `not-found` (no such program, naming what to install),
 * `failed-precondition` (exit code other than 0; the message holds the last lines of stderr, secrets redacted).
 */
export interface CommandRunner {
  run(command: Command): Promise<CommandResult>;
}
