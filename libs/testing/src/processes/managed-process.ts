import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { TiphysError } from '@tiphys/model';
import { guardGroup, releaseGroup } from './guard.ts';

export interface ProcessOptions {
  /** What the process is called in errors. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the process; nothing is inherited. Default: an empty HOME and the system PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Where standard output and standard error are appended. */
  readonly logFile: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server process in a group of its own, which never outlives this process. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  isRunning(): boolean;
  /** Sends a signal to the whole group at once; does nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after the grace period (milliseconds, default 5000). */
  stop(graceMs?: number): Promise<void>;
  /** The last lines of its log. */
  logTail(lines?: number): string;
}

/** Starts a server; the caller waits for readiness with `waitReady`. */
export function startProcess(options: ProcessOptions): ManagedProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.program, [...options.args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  const { pid } = child;
  const exited = exitOf(child);
  if (pid === undefined) {
    throw new TiphysError('not-found', `${options.name}: ${options.program} could not be started`);
  }
  guardGroup(pid);
  void exited.then(() => releaseGroup(pid));
  return managed(options, { child, pid, exited });
}

function managed(
  options: ProcessOptions,
  { child, pid, exited }: { child: ChildProcess; pid: number; exited: Promise<ProcessExit> },
): ManagedProcess {
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) killGroup(pid, name);
  };
  return {
    name: options.name,
    pid,
    exited,
    isRunning,
    signal,
    stop: async (graceMs = 5_000) => {
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), graceMs);
      await exited.finally(() => clearTimeout(timer));
    },
    logTail: (lines = 15) =>
      readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
  };
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
