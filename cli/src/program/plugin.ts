import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { constants as os } from 'node:os';
import { messageOf } from '@tiphys/model';
import { Failure } from './failure.ts';
import type { Env } from './globals.ts';

/** The program `tiphys-<name>` or `argocd-<name>` that is found first on the PATH; undefined where there is none. */
export async function findPlugin(name: string, env: Env): Promise<string | undefined> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = [`tiphys-${name}`, `argocd-${name}`].flatMap((file) =>
    folders.map((folder) => join(folder, file)),
  );
  for (const file of files) if (await isExecutable(file)) return file;
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Runs a plugin on the user's terminal; resolves with its exit code. */
export const runPlugin = (file: string, args: readonly string[], env: Env): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...env } });
    child.once('error', (error) => {
      reject(new Failure(`The plugin ${file} cannot be started: ${messageOf(error)}`, { cause: error }));
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === null ? 1 : 128 + os.signals[signal]));
    });
  });
