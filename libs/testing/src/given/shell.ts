import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { privateFolder } from '../processes/index.ts';
import { repositoryRoot } from '../system/index.ts';

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody at a shell with the built CLI and a home of their own; nothing there is a terminal. */
export interface Shell {
  readonly home: string;
  /** Runs `tiphys` with these words. */
  run(...words: readonly string[]): Promise<CommandEnd>;
  /** Runs it, and fails with all that it said unless it ends with 0. Resolves with its output. */
  must(...words: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const program = join(repositoryRoot, 'dist', 'tiphys.js');

export async function openShell(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const folder = await privateFolder('shell');
  const run = async (...words: readonly string[]): Promise<CommandEnd> => {
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...words], {
      env: { HOME: folder.path, PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  };
  return {
    home: folder.path,
    run,
    must: async (...words) => {
      const { code, stdout, stderr } = await run(...words);
      if (code === 0) return stdout;
      throw new Error(`tiphys ${words.join(' ')} ended with ${String(code)}:\n${stdout}${stderr}`);
    },
    close: () => folder.remove(),
  };
}
