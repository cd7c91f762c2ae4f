import { buildTools, findGo, type ToolchainProgress } from './build.ts';
import { toolCacheDir } from './cache.ts';
import { ToolchainError } from './error.ts';
import { locateTool, settingName } from './locate.ts';
import { findTool, type GoTool, type SystemTool, type Tool } from './tools.ts';

export interface EnsureOptions {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (progress: ToolchainProgress) => void;
}

/**
 * The absolute path of one tool, built first when it must be.
 *
 * The order of choice: `TIPHYS_TOOL_<NAME>`, PATH (Go tools only in the pinned
 * minor version), the cache, a build with Go.
 *
 * @throws ToolchainError that names the ways out when the tool is nowhere to be had.
 */
export async function resolveTool(name: string, options: EnsureOptions = {}): Promise<string> {
  const path = (await ensureTools([name], options)).get(name);
  if (path === undefined) throw unknownTool(name);
  return path;
}

/** Like resolveTool for many names, building all that are missing in one go. */
export async function ensureTools(
  names: readonly string[],
  options: EnsureOptions = {},
): Promise<Map<string, string>> {
  const env = options.env ?? process.env;
  const tools = names.map(known);
  const found = await locateAll(tools, env);
  const missing = tools.filter((tool) => !found.has(tool.name));
  const absent = missing.find((tool) => tool.kind === 'system');
  if (absent !== undefined) throw missingSystemTool(absent);
  if (missing.length === 0) return found;
  const toBuild = missing.filter((tool) => tool.kind === 'go');
  if ((await findGo(env)) === undefined) throw missingGoTools(toBuild, env);
  await buildTools(toBuild, { env, onProgress: options.onProgress ?? (() => undefined) });
  return new Map([...found, ...(await locateAll(toBuild, env))]);
}

async function locateAll(tools: readonly Tool[], env: NodeJS.ProcessEnv): Promise<Map<string, string>> {
  const located = await Promise.all(tools.map((tool) => locateTool(tool, env)));
  const found = new Map<string, string>();
  tools.forEach((tool, index) => {
    const at = located[index];
    if (at !== undefined) found.set(tool.name, at.path);
  });
  return found;
}

function known(name: string): Tool {
  const tool = findTool(name);
  if (tool === undefined) throw unknownTool(name);
  return tool;
}

function unknownTool(name: string): ToolchainError {
  return new ToolchainError(
    'UnknownTool',
    `no tool is called ${name}; tools/toolchain/src/tools.ts lists them all`,
  );
}

function missingSystemTool(tool: SystemTool): ToolchainError {
  return new ToolchainError(
    'ToolNotFound',
    `${tool.name} is not on PATH. Install it (Debian: apt-get install ${tool.debianPackage}), ` +
      `or set ${settingName(tool.name)} to where it is.`,
  );
}

function missingGoTools(tools: readonly GoTool[], env: NodeJS.ProcessEnv): ToolchainError {
  const [first] = tools;
  const wanted = tools.map((tool) => `${tool.name} ${tool.version}`).join(', ');
  return new ToolchainError(
    'ToolNotFound',
    `${wanted}: neither set, nor on PATH, nor in the cache (${toolCacheDir(env)}), and Go is not there to build it. ` +
      `One of three ways out: install Go 1.26 or newer; put the binary in that version on PATH; ` +
      `or set ${settingName(first?.name ?? 'NAME')} to where it is.`,
  );
}
