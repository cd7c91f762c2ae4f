// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run, step } from './process.mjs';

/**
 * The gate before every commit: format, lint, types, and the tests of what changed.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env
 */
export async function runGate(node, env) {
  const local = (/** @type {string} */ name, /** @type {string[]} */ ...args) =>
    run(node, [bin(name), ...args], { env });
  await step('format', () => local('prettier', '--check', '--log-level', 'warn', '.'));
  await step('types', () => local('tsc', '-p', 'tsconfig.json', '--noEmit'));
  await step('types of the domain', () => local('tsc', '-p', 'tsconfig.domain.json', '--noEmit'));
  await step('project graph', () => run(node, [bin('nx'), 'show', 'projects'], { env, quiet: true }));
  await step('lint', () => local('eslint', '.', '--max-warnings', '0'));
  const cruiser = ['.dependency-cruiser.mjs', '.dependency-cruiser.cjs', '.dependency-cruiser.js'].find(
    (name) => existsSync(join(root, name)),
  );
  if (cruiser !== undefined) {
    await step('imports', () => local('depcruise', '--config', cruiser, 'libs', 'services', 'cli', 'tools'));
  }
  await step('unit and integration tests of what changed', () =>
    local('nx', 'affected', '-t', 'test', '--parallel=1', '--outputStyle=static'),
  );
}
