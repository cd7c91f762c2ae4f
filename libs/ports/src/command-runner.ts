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
  /** Milliseconds that the group has, after SIGTERM at the deadline, before it is killed. Default 0: killed at once. */
  readonly graceMs?: number;
  /** Bytes of standard output kept; more is an error `resource-exhausted`. Default 100 MiB. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignalLike;
  /** Exit codes that are answers and no failures. Default 0 alone. */
  readonly exitCodes?: readonly number[];
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
 * `failed-precondition` (an exit code that was not asked for; the message holds the last lines of stderr, secrets redacted).
 */
export interface CommandRunner {
  run(command: Command): Promise<CommandResult>;
}

/** A child process that answers over its pipes until it is stopped. */
export interface RunningCommand {
  write(data: string | Uint8Array): void;
  /** Chunks of standard output, in order. One listener; chunks before it is set are kept for it. */
  onOutput(listener: (chunk: Uint8Array) => void): void;
  /** Resolves with the reason once the process has ended, whoever ended it; never rejects. */
  readonly ended: Promise<Error>;
  /** Kills the process group and resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts child processes that live on, under the same rules as CommandRunner but without a deadline. */
export interface CommandStarter {
  /** Rejects with `not-found` when there is no such program. */
  start(command: Pick<Command, 'program' | 'args' | 'cwd' | 'env' | 'secrets'>): Promise<RunningCommand>;
}
