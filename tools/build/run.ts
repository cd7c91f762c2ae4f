import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@tiphys/model';
import { withLock } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { bundle } from './src/bundle.ts';
import { distDir, findEntries, type Entry } from './src/entries.ts';
import { buildExecutables, wantedTargets } from './src/executables/build.ts';
import { isFresh, stampOf, writeStamp } from './src/stamp.ts';

/** Bundles one program when anything that it is made of changed; whether it had to. */
async function build(entry: Entry): Promise<boolean> {
  const built = { name: entry.name, folder: distDir };
  if (isFresh(built)) return false;
  const { inputs } = await bundle(entry);
  writeStamp(built, stampOf(inputs));
  return true;
}

async function buildAll(): Promise<void> {
  const start = performance.now();
  const done: string[] = [];
  for (const entry of findEntries()) {
    try {
      if (await build(entry)) done.push(entry.name);
    } catch (error) {
      console.error(`error: ${entry.name} could not be built: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (done.length > 0) console.log(`built ${done.join(', ')} in ${seconds} s`);
}

/** `--executables` makes those of all platforms; `--executables=native,darwin-arm64` only some. */
function targetsIn(argv: readonly string[]): ReturnType<typeof wantedTargets> {
  const flag = argv.find((word) => /^--executables(=|$)/.test(word));
  if (flag === undefined) return [];
  return wantedTargets((flag.split('=')[1] ?? 'all').split(','));
}

const targets = targetsIn(process.argv.slice(2));
await mkdir(distDir, { recursive: true });
await Promise.all([
  ensureGoWasm({ onProgress: (line) => console.log(line) }),
  withLock(join(distDir, '.lock'), buildAll),
]);
if (targets.length > 0 && process.exitCode === undefined) {
  const start = performance.now();
  const made = await buildExecutables(targets);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`made ${made.join(', ')} in ${seconds} s`);
}
