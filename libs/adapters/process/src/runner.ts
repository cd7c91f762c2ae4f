import { mkdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { Command, CommandResult, CommandRunner, CommandStarter, RunningCommand } from '@tiphys/ports';
import { OutputCapture, TailCapture } from './capture.ts';
import { startChild, type Child } from './child.ts';
import { ProgramLocator } from './locate.ts';
import { redact } from './redact.ts';
import { keepRunning } from './running.ts';

const DEFAULT_TIMEOUT_MS = 90_000;
const DEFAULT_MAX_OUTPUT = 100 * 1024 * 1024;
const STDERR_LINES = 15;
/** A descendant that left the process group may hold the pipes open; they are closed after this long. */
const PIPE_GRACE_MS = 1_000;

export interface ProcessRunnerOptions {
  /** Search path of the children, and the only place programs are looked for. */
  readonly path: string;
  /** Directory for the private homes; created, and emptied by `close`. */
  readonly directory: string;
  /** Deadline in milliseconds of commands that set none. Default 90 000. */
  readonly timeoutMs?: number;
  /** Whether a command may bring PATH, HOME and TMPDIR of its own. Default false: each has a private home. */
  readonly keepsGivenHome?: boolean;
}

export interface ProcessRunner extends CommandRunner, CommandStarter {
  /** Kills all children and removes their homes. */
  close(): Promise<void>;
}

/** Makes the runner of child processes. See CommandRunner for its contract. */
export async function createProcessRunner(options: ProcessRunnerOptions): Promise<ProcessRunner> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  return new GroupRunner(options);
}

class GroupRunner implements ProcessRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #locator: ProgramLocator;
  readonly #children = new Set<Child>();
  readonly #killAll = (): void => this.#children.forEach((child) => child.kill());

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#locator = new ProgramLocator(options.path);
    process.once('exit', this.#killAll);
  }

  async run(command: Command): Promise<CommandResult> {
    if (command.signal?.aborted === true) throw canceled(command);
    const child = await this.#start(command);
    try {
      return await new Execution(command, child, this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS).result;
    } finally {
      await this.#forget(child);
    }
  }

  async start(
    command: Pick<Command, 'program' | 'args' | 'cwd' | 'env' | 'secrets'>,
  ): Promise<RunningCommand> {
    const child = await this.#start(command);
    return keepRunning(command, child, () => this.#forget(child));
  }

  async close(): Promise<void> {
    this.#killAll();
    process.removeListener('exit', this.#killAll);
    await rm(this.#options.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  async #start(command: Command): Promise<Child> {
    const executable = await this.#locator.locate(command.program);
    const child = await startChild(executable, command, this.#options);
    this.#children.add(child);
    return child;
  }

  async #forget(child: Child): Promise<void> {
    child.kill();
    this.#children.delete(child);
    await child.dispose();
  }
}

/** One run from spawn to result; the first reason to end wins. */
class Execution {
  readonly result: Promise<CommandResult>;
  readonly #command: Command;
  readonly #child: Child;
  readonly #stdout: OutputCapture;
  readonly #stderr: TailCapture;
  #failure: TiphysError | undefined;
  #lastTimer: NodeJS.Timeout | undefined;

  constructor(command: Command, child: Child, defaultTimeoutMs: number) {
    this.#command = command;
    this.#child = child;
    const limit = command.maxOutputBytes ?? DEFAULT_MAX_OUTPUT;
    this.#stdout = new OutputCapture(child.stdout, limit, () => this.#stop(tooMuch(command, limit)));
    this.#stderr = new TailCapture(child.stderr);
    this.result = this.#follow(command.timeoutMs ?? defaultTimeoutMs);
    child.stdin.end(command.stdin);
  }

  async #follow(timeoutMs: number): Promise<CommandResult> {
    const timer = setTimeout(
      () => this.#stop(late(this.#command, timeoutMs), this.#command.graceMs),
      timeoutMs,
    );
    const abort = (): void => this.#stop(canceled(this.#command));
    this.#command.signal?.addEventListener('abort', abort);
    try {
      return this.#judge(await this.#closed());
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#lastTimer);
      this.#command.signal?.removeEventListener('abort', abort);
    }
  }

  #closed(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    const { process: child } = this.#child;
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(this.#command, error)));
      child.once('close', (code, signal) => resolve({ code, signal }));
      child.once('exit', () => {
        this.#child.kill();
        setTimeout(() => this.#closePipes(), PIPE_GRACE_MS).unref();
      });
    });
  }

  #closePipes(): void {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  #judge(end: { readonly code: number | null; readonly signal: string | null }): CommandResult {
    if (this.#failure !== undefined) throw this.#failure;
    const stderr = this.#clean(this.#stderr.text());
    if (end.code !== null && (this.#command.exitCodes ?? [0]).includes(end.code))
      return { stdout: this.#stdout.bytes(), stderr };
    throw failed(this.#command, end.code === null ? `signal ${end.signal}` : `exit code ${end.code}`, stderr);
  }

  #clean(text: string): string {
    return redact(text, this.#command.secrets ?? []).replaceAll(this.#child.home, '~');
  }

  #stop(reason: TiphysError, graceMs = 0): void {
    this.#failure ??= reason;
    this.#child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    if (graceMs > 0) this.#lastTimer = setTimeout(() => this.#stop(reason), graceMs);
    else setTimeout(() => this.#closePipes(), PIPE_GRACE_MS).unref();
  }
}

const nameOf = (command: Command): string => basename(command.program);

const canceled = (command: Command): TiphysError =>
  new TiphysError('canceled', `${nameOf(command)} was canceled`);

const late = (command: Command, timeoutMs: number): TiphysError =>
  new TiphysError(
    'deadline',
    `${nameOf(command)} did not finish within ${timeoutMs / 1000} s and was killed`,
  );

const tooMuch = (command: Command, limit: number): TiphysError =>
  new TiphysError('resource-exhausted', `${nameOf(command)} wrote more than ${limit} bytes and was killed`);

const notStarted = (command: Command, cause: Error): TiphysError =>
  new TiphysError('unavailable', `${nameOf(command)} could not be started: ${errnoOf(cause)}`, { cause });

const errnoOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason';

function failed(command: Command, end: string, stderr: string): TiphysError {
  const lines = stderr.trim().split('\n').slice(-STDERR_LINES).join('\n');
  return new TiphysError(
    'failed-precondition',
    `${nameOf(command)} failed (${end})${lines === '' ? '' : `: ${lines}`}`,
  );
}
