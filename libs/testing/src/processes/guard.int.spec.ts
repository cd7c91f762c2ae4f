import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poll } from './ready.ts';

const fixture = join(import.meta.dirname, 'fixtures', 'guarded.ts');

interface Started {
  readonly pid: number;
  readonly folder: string;
}

/** A killed process that nobody has reaped yet is dead too. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('what a process starts', () => {
  it.each(['kill', 'interrupt', 'throw', 'exit', 'kill without its first watchdog'])(
    'does not outlive it: %s',
    async (how) => {
      const child = spawn(process.execPath, [fixture, how], { stdio: ['ignore', 'pipe', 'ignore'] });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { pid, folder } = JSON.parse(line.toString()) as Started;
      expect(isAlive(pid)).toBe(true);
      expect(existsSync(folder)).toBe(true);
      child.kill(how.startsWith('kill') ? 'SIGKILL' : how === 'interrupt' ? 'SIGINT' : 'SIGUSR2');
      await poll(() => !isAlive(pid) && !existsSync(folder), {
        what: 'process and folder are gone',
        timeoutMs: 10_000,
      });
    },
  );
});
