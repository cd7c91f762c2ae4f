import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ToolchainError, cacheRoot, withLock } from '@tiphys/toolchain';
import { limitMemory } from './memory-limit.ts';

const run = promisify(execFile);

const moduleDir = resolve(import.meta.dirname, '..');
const FILE = 'tiphys-go.wasm';
/** Enough for the largest Application and its templates many times over. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
const BUILD_FLAGS = ['-trimpath', '-buildvcs=false', '-buildmode=c-shared', '-ldflags=-s -w'];

/** Where the services of this checkout look for the module. */
export const goWasmDistPath: string = resolve(moduleDir, '..', '..', 'dist', 'wasm', FILE);

export interface EnsureGoWasmOptions {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told before a build and after it; a build takes about 40 s on 2 cores, once for each change of the Go sources. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Makes sure that `dist/wasm/tiphys-go.wasm` is there and current, and gives its path. Built with Go into the cache
 * outside the checkout under the hash of its sources, then copied. Several processes may call it at once.
 */
export async function ensureGoWasm(options: EnsureGoWasmOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const hash = await sourceHash();
  const cached = join(cacheRoot(env), 'wasm', hash, FILE);
  if (!(await exists(cached))) {
    await withLock(join(dirname(cached), '.lock'), async () => {
      if (!(await exists(cached))) await build(cached, options, env);
    });
  }
  await publish(cached, hash);
  return goWasmDistPath;
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([BUILD_FLAGS, MAX_MEMORY_BYTES]));
  const names = (await readdir(moduleDir)).filter((name) => /\.(go|mod|sum)$/.test(name)).sort();
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(moduleDir, name)));
  return hash.digest('hex').slice(0, 16);
}

async function build(target: string, options: EnsureGoWasmOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const start = performance.now();
  options.onProgress?.('building the Go template and expression module (usually 40 s on 2 cores, once)');
  const raw = `${target}.${process.pid}.raw`;
  try {
    await compile(raw, env);
    await replaceFile(target, limitMemory(await readFile(raw), MAX_MEMORY_BYTES));
  } finally {
    await rm(raw, { force: true });
  }
  options.onProgress?.(`built ${FILE} in ${Math.round((performance.now() - start) / 1000)} s`);
}

async function compile(output: string, env: NodeJS.ProcessEnv): Promise<void> {
  const path = `${env['PATH'] ?? ''}${delimiter}/usr/local/go/bin`;
  try {
    await run('go', ['build', ...BUILD_FLAGS, '-o', output, '.'], {
      cwd: moduleDir,
      env: { ...env, PATH: path, GOOS: 'wasip1', GOARCH: 'wasm', CGO_ENABLED: '0', GOFLAGS: '' },
    });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new ToolchainError(
        'GoNotFound',
        'go is not on PATH: install Go 1.26 or newer to build tools/wasm',
        {
          cause,
        },
      );
    }
    throw new ToolchainError('BuildFailed', `building tools/wasm with Go failed: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function publish(cached: string, hash: string): Promise<void> {
  const stamp = `${goWasmDistPath}.hash`;
  const current = await readFile(stamp, 'utf8').catch(() => '');
  if (current === hash && (await exists(goWasmDistPath))) return;
  await mkdir(dirname(goWasmDistPath), { recursive: true });
  const temporary = `${goWasmDistPath}.${process.pid}.tmp`;
  await copyFile(cached, temporary);
  await rename(temporary, goWasmDistPath);
  await replaceFile(stamp, hash);
}

async function replaceFile(path: string, content: Buffer | string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
