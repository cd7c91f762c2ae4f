import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { ensureTools } from '@tiphys/toolchain';

/** A runner of child processes that finds the named tools, built first where they must be. */
export async function toolRunner(...names: readonly string[]): Promise<ProcessRunner> {
  const tools = await ensureTools(names);
  const path = [...new Set([...tools.values()].map((tool) => dirname(tool)))].join(delimiter);
  return createProcessRunner({ path, directory: await mkdtemp(join(tmpdir(), 'tiphys-tools-')) });
}
