import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ToolchainError } from './error.ts';

export interface LockOptions {
  /** Called once a poll while another process holds the lock. */
  readonly onWait?: (waitedMs: number) => void;
  /** Default 30 minutes. */
  readonly timeoutMs?: number;
  /** A lock whose holder has not touched it for so long is dead; default 20 s. */
  readonly staleMs?: number;
  readonly pollMs?: number;
}

/**
 * Runs `work` while holding the directory `path` as a lock between processes.
 * The holder touches it every few seconds, so that a killed holder frees it.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const staleMs = options.staleMs ?? 20_000;
  await acquire(path, staleMs, options);
  const heartbeat = setInterval(() => void touch(path), staleMs / 4);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { recursive: true, force: true });
  }
}

async function acquire(path: string, staleMs: number, options: LockOptions): Promise<void> {
  const start = performance.now();
  const timeoutMs = options.timeoutMs ?? 30 * 60_000;
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryAcquire(path))) {
    const waited = performance.now() - start;
    if (waited > timeoutMs) {
      throw new ToolchainError(
        'LockTimeout',
        `another process has held ${path} for more than ${Math.round(timeoutMs / 1000)} s; end it, or remove the folder`,
      );
    }
    await dropIfStale(path, staleMs);
    options.onWait?.(waited);
    await delay(options.pollMs ?? 250);
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function dropIfStale(path: string, staleMs: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < staleMs) return;
    const dead = `${path}.stale-${process.pid}-${Date.now()}`;
    await rename(path, dead);
    await rm(dead, { recursive: true, force: true });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
