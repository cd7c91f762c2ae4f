// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run, step, StepFailed } from './process.mjs';

/** The least major version of Node that runs the sources; package.json brings it for Linux. */
const wantedMajor = 24;

/** Installs what the lockfile says when `node_modules` holds anything else. */
export async function ensureDependencies() {
  if (isInstalled()) return;
  const npm = process.env['npm_execpath'];
  const [program, args] = npm !== undefined && npm.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  await step('installing dependencies by the lockfile (usually 30 s)', () =>
    run(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error']),
  );
}

/** The program that runs TypeScript: the one of node_modules, or this very Node when it is new enough. */
export function findNode() {
  const own = bin('node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath;
  throw new StepFailed(
    `Node ${process.versions.node} is too old, and no package brings a newer one for ${process.platform}-${process.arch}. ` +
      `Install Node ${wantedMajor} or newer and run this again.`,
  );
}

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(installed);
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = present[path];
    return found === undefined
      ? entry.optional === true || entry.peer === true
      : found.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, peer?: boolean }>}
 */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
