// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, root, step, withPath } from './process.mjs';

const codegen = 'tools/codegen/run.ts';
const codegenStamp = join(root, 'libs', 'generated', 'src', '.stamp');

/**
 * Generates code from `proto/` when it or the generator changed.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env @param {boolean} [force]
 */
export async function ensureGenerated(node, env, force = false) {
  const hash = hashOf(['proto', 'tools/codegen', 'package-lock.json']);
  const current = existsSync(codegenStamp) ? readFileSync(codegenStamp, 'utf8') : '';
  if (!force && current === hash) return;
  await step('generating code from proto/', () => run(node, [codegen], { env }));
  mkdirSync(dirname(codegenStamp), { recursive: true });
  writeFileSync(codegenStamp, hash);
}

/** @param {string} node @param {NodeJS.ProcessEnv} env */
export async function ensureBuilt(node, env) {
  await step('building the services', () => run(node, ['tools/build/run.ts'], { env }));
}

/**
 * Finds or builds the pinned binaries; the environment with their folders on PATH.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env @param {'start' | 'test'} purpose
 */
export async function ensureToolchain(node, env, purpose) {
  const { output } = await step('finding the binaries', () =>
    run(node, ['tools/toolchain/src/main.ts', 'ensure', '--for', purpose], { env, keepOutput: true }),
  );
  const paths = output.split('\n').flatMap((line) => line.split('\t').slice(1));
  return withPath(env, [...new Set(paths.map(dirname))]);
}

/** @param {readonly string[]} paths */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(path)))
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesIn(`${path}/${name}`));
}
