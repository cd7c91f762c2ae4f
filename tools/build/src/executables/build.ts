import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { distDir } from '../entries.ts';
import { writeAssets } from './assets.ts';
import { makeExecutable } from './executable.ts';
import { bundleProgram } from './program.ts';
import { nativeTarget, targets, type Target } from './targets.ts';

/** Where the executables are, and where a server looks for what it lets others download. */
export const executablesDir: string = join(distDir, 'executables');

/**
 * The targets that are asked for by their names; `all`, or `native` for that of this machine.
 * @throws Error naming the known ones
 */
export function wantedTargets(names: readonly string[]): readonly Target[] {
  return names.flatMap((name) => {
    if (name === 'all') return targets;
    const found = name === 'native' ? nativeTarget() : targets.find((target) => target.name === name);
    if (found !== undefined) return [found];
    const known = targets.map((target) => target.name).join(', ');
    throw new Error(`there is no executable for ${name}; known are all, native, ${known}`);
  });
}

/** Builds executables of the CLI into `dist/executables`; the bundles must be there. Resolves with their paths. */
export async function buildExecutables(
  wanted: readonly Target[],
  folder: string = executablesDir,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, '.work-'));
  try {
    const [program, assets] = await Promise.all([bundleProgram(work), writeAssets(work)]);
    const made: string[] = [];
    for (const target of wanted) made.push(await makeExecutable({ target, program, assets, work, folder }));
    return made;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
