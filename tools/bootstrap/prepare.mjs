// @ts-check
import { dirname } from 'node:path';
import { run, step, withPath } from './process.mjs';

/**
 * Generates code from `proto/`; the generator knows by itself what is up to date.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env
 */
export async function ensureGenerated(node, env) {
  await step('generating code', () => run(node, ['tools/codegen/run.ts'], { env }));
}

/**
 * Bundles the services and the CLI, and builds the WebAssembly module; only what changed.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env
 */
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
  return withPath(env, [...new Set(paths.map((path) => dirname(path)))]);
}
