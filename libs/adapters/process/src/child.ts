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
  kill(): void;
  dispose(): Promise<void>;
}

export interface ChildSettings {
  readonly path: string;
  readonly directory: string;
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
    env: environment(command, settings.path, home),
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
    kill: () => killGroup(child.pid),
    dispose: () => rm(home, { recursive: true, force: true, maxRetries: 3 }),
  };
}

const environment = (command: ChildCommand, path: string, home: string): Record<string, string> => ({
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  ...command.env,
  PATH: path,
  HOME: home,
  TMPDIR: join(home, 'tmp'),
});

/** A child that ends before it has read all of its input is judged by its exit code, not by the broken pipe. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
