/** Exit codes as scripts for the reference client know them (wire/sessions/cli). */
export const exitCodes = {
  ok: 0,
  /** The command line is wrong, there is nothing to talk to, or the result is not what was asked for. */
  failed: 1,
  /** The server refused or failed, or a wait ran out of time. */
  general: 20,
} as const;

export interface FailureOptions {
  /** Default `exitCodes.failed`. */
  readonly exitCode?: number;
  /** What the user can do about it, one line each. */
  readonly hints?: readonly string[];
  readonly cause?: unknown;
}

/** An end of the command with a message for the user. The message never holds a credential. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;
  readonly hints: readonly string[];

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.hints = options.hints ?? [];
  }
}
