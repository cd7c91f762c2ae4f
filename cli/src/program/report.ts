import { CommanderError } from 'commander';
import { messageOf } from '@tiphys/model';
import type { Terminal } from '../output/terminal.ts';
import { exitCodes, Failure } from './failure.ts';

export interface ReportOptions {
  readonly err: Terminal;
  /** `json` writes one object a line, as the reference does. */
  readonly format: string;
  readonly now: Date;
}

/** Tells the user why a command ended, and returns the exit code. */
export function report(error: unknown, options: ReportOptions): number {
  if (error instanceof CommanderError) return error.exitCode;
  const failure = error instanceof Failure ? error : unexpected(error);
  if (options.format === 'json') {
    options.err.line(
      JSON.stringify({ level: 'fatal', msg: failure.message, time: options.now.toISOString() }),
    );
    return failure.exitCode;
  }
  options.err.line(`${options.err.paint('Error:', 'red')} ${failure.message}`);
  for (const hint of failure.hints) options.err.line(`  ${hint}`);
  return failure.exitCode;
}

const unexpected = (error: unknown): Failure =>
  new Failure(messageOf(error), { exitCode: exitCodes.general, cause: error });
