import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Command } from '@tiphys/ports';

export type ChildCommand = Pick<Command, 'program' | 'args' | 'cwd' | 'env'>;

export interface Child {
  readonly process: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The private home directory, removed by `dispose`. */
  readonly home: string;
  /** Kills the whole process group at once. Harmless when it is gone. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): void;
  dispose(): Promise<void>;
}

export interface ChildSettings {
  readonly path: string;
  readonly directory: string;
  /** Whether a command may bring PATH, HOME and TMPDIR of its own. Default false. */
  readonly keepsGivenHome?: boolean;
}

/** Starts a program as the leader of its own process group, in a fresh home, with nothing inherited. */
export async function startChild(
  executable: string,
  command: ChildCommand,
  settings: ChildSettings,
): Promise<Child> {
  const home = await mkdtemp(join(settings.directory, 'run-'));
  await mkdir(join(home, 'tmp'), { mode: 0o700 });
  const child = spawn(executable, [...command.args], {
    cwd: command.cwd ?? home,
    env: environment(command, settings, home),
    detached: true,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', ignoreClosedPipe);
  return {
    process: child,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    home,
    kill: (signal = 'SIGKILL') => killGroup(child.pid, signal),
    dispose: () => rm(home, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function environment(command: ChildCommand, settings: ChildSettings, home: string): Record<string, string> {
  const own = { PATH: settings.path, HOME: home, TMPDIR: join(home, 'tmp') };
  const given = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...command.env };
  return settings.keepsGivenHome === true ? { ...own, ...given } : { ...given, ...own };
}

/** A child that ends before it has read all of its input is judged by its exit code, not by the broken pipe. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
}

function killGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
