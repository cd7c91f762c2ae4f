import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { goModuleDir, toolCacheDir } from './cache.ts';
import { ToolchainError } from './error.ts';
import { withLock } from './lock.ts';
import { firstExecutable, pathFolders } from './locate.ts';
import { linkerFlags, type GoTool } from './tools.ts';

export type ToolchainProgress =
  | { readonly step: 'building'; readonly tools: readonly string[]; readonly usualSeconds: number }
  | { readonly step: 'compiling'; readonly packages: number; readonly elapsedMs: number }
  | { readonly step: 'waiting'; readonly elapsedMs: number }
  | { readonly step: 'built'; readonly tools: readonly string[]; readonly elapsedMs: number };

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (progress: ToolchainProgress) => void;
}

/** Go from PATH, or from `GOROOT`, by default where its own installer puts it; undefined when there is none. */
export function findGo(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return firstExecutable('go', [...pathFolders(env), join(env['GOROOT'] ?? '/usr/local/go', 'bin')]);
}

/**
 * Builds the tools that the cache lacks with one `go build` and moves each into
 * the cache by an atomic rename. Only one process builds at a time; one that
 * waited builds only what is still missing.
 */
export async function buildTools(tools: readonly GoTool[], options: BuildOptions): Promise<void> {
  const cache = toolCacheDir(options.env);
  await withLock(
    join(cache, '.lock'),
    async () => {
      const missing = await missingIn(cache, tools);
      if (missing.length > 0) await build(cache, missing, options);
    },
    { onWait: (elapsedMs) => options.onProgress({ step: 'waiting', elapsedMs }) },
  );
}

async function missingIn(cache: string, tools: readonly GoTool[]): Promise<GoTool[]> {
  const found = await Promise.all(tools.map((tool) => firstExecutable(tool.name, [cache])));
  return tools.filter((_, index) => found[index] === undefined);
}

async function build(cache: string, tools: readonly GoTool[], options: BuildOptions): Promise<void> {
  const go = await findGo(options.env);
  if (go === undefined) throw new ToolchainError('GoNotFound', 'go is not on PATH');
  const names = tools.map((tool) => tool.name);
  const start = performance.now();
  options.onProgress({
    step: 'building',
    tools: names,
    usualSeconds: tools.reduce((sum, tool) => sum + tool.usualSeconds, 0),
  });
  await mkdir(cache, { recursive: true });
  const out = await mkdtemp(join(cache, '.build-'));
  try {
    await compile({ go, out, tools, options, start });
    for (const tool of tools) await rename(join(out, tool.output), join(cache, tool.name));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  options.onProgress({ step: 'built', tools: names, elapsedMs: performance.now() - start });
}

interface Compilation {
  readonly go: string;
  readonly out: string;
  readonly tools: readonly GoTool[];
  readonly options: BuildOptions;
  readonly start: number;
}

function compile({ go, out, tools, options, start }: Compilation): Promise<void> {
  const args = ['build', '-v', '-trimpath', '-buildvcs=false', `-ldflags=${linkerFlags()}`, '-o', `${out}/`];
  const child = spawn(go, [...args, ...tools.map((tool) => tool.package)], {
    cwd: goModuleDir,
    env: {
      ...options.env,
      CGO_ENABLED: '0',
      PATH: `${options.env['PATH'] ?? ''}${delimiter}/usr/local/go/bin`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endWithUs = (): boolean => child.kill();
  process.once('exit', endWithUs);
  const failures: string[] = [];
  let packages = 0;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((text) => text.trim() !== '')) {
      if (/^[\w.-]+(\/[\w.@~-]+)*$/.test(line)) packages += 1;
      else failures.push(line);
    }
  });
  const ticker = setInterval(
    () => options.onProgress({ step: 'compiling', packages, elapsedMs: performance.now() - start }),
    5_000,
  );
  return new Promise<void>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new ToolchainError('BuildFailed', `${go} could not be started`, { cause })),
    );
    child.on('close', (code) => (code === 0 ? resolve() : reject(buildFailure(tools, failures))));
  }).finally(() => {
    clearInterval(ticker);
    process.off('exit', endWithUs);
  });
}

function buildFailure(tools: readonly GoTool[], lines: readonly string[]): ToolchainError {
  const names = tools.map((tool) => tool.name).join(', ');
  return new ToolchainError(
    'BuildFailed',
    `building ${names} with Go failed:\n${lines.slice(-20).join('\n')}`,
  );
}
