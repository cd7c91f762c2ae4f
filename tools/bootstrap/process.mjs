// @ts-check
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');

/** A step that failed in a way that its own output already explains. */
export class StepFailed extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ctrl-C reaches the children by the terminal itself; a SIGTERM to this process only is passed on. */
export function passSignalsOn() {
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => running.forEach((child) => child.kill('SIGTERM')));
}

/**
 * Runs a program in the root of the repository with the terminal handed over.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, keepOutput?: boolean, mayFail?: boolean }} [options]
 *   quiet: show its output only when it fails; keepOutput: give standard output back instead of showing it
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function run(program, args, options = {}) {
  const quiet = options.quiet === true;
  const child = spawn(program, [...args], {
    cwd: root,
    env: options.env ?? process.env,
    stdio: quiet
      ? ['ignore', 'pipe', 'pipe']
      : ['inherit', options.keepOutput === true ? 'pipe' : 'inherit', 'inherit'],
  });
  running.add(child);
  /** @type {string[]} */
  const chunks = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
  const code = await new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (exit, signal) => done(signal === null ? (exit ?? 1) : 130));
  }).finally(() => running.delete(child));
  const output = chunks.join('');
  if (code === 0 || options.mayFail === true) return { code, output };
  if (quiet) process.stderr.write(output);
  throw new StepFailed(`${[program, ...args].slice(0, 4).join(' ')} failed with exit code ${code}`, code);
}

/**
 * Shows what is being done and how long it took.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const start = performance.now();
  process.stderr.write(`> ${name}\n`);
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds >= 1) process.stderr.write(`  done in ${seconds.toFixed(1)} s\n`);
  return result;
}

/** @param {NodeJS.ProcessEnv} env @param {readonly string[]} folders */
export function withPath(env, folders) {
  return { ...env, PATH: [...folders, env['PATH'] ?? ''].join(delimiter) };
}

/** @param {string} name */
export const bin = (name) => join(root, 'node_modules', '.bin', name);
