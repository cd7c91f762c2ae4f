import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toolCacheDir } from './cache.ts';
import { ToolchainError } from './error.ts';
import type { GoTool, SystemTool, Tool } from './tools.ts';

const run = promisify(execFile);

/** Debian keeps servers where a plain user's PATH doesn't look. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

export type ToolOrigin = 'setting' | 'path' | 'cache';

export interface LocatedTool {
  readonly path: string;
  readonly origin: ToolOrigin;
}

/** The environment variable that overrides where a tool is, such as TIPHYS_TOOL_KUBE_APISERVER. */
export function settingName(tool: string): string {
  return `TIPHYS_TOOL_${tool.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Finds a tool without building it: the explicit setting, then PATH (only in the
 * pinned minor version), then the cache. Undefined when none of them has it.
 * An explicit setting that names no executable file is an error, never skipped.
 */
export async function locateTool(tool: Tool, env: NodeJS.ProcessEnv): Promise<LocatedTool | undefined> {
  const set = env[settingName(tool.name)];
  if (set) return { path: await explicit(tool, set), origin: 'setting' };
  return tool.kind === 'go' ? locateGoTool(tool, env) : locateSystemTool(tool, env);
}

async function explicit(tool: Tool, set: string): Promise<string> {
  const path = resolve(set);
  if (await isExecutable(path)) return path;
  throw new ToolchainError('ToolNotFound', `${settingName(tool.name)}=${set} is not an executable file`);
}

async function locateGoTool(tool: GoTool, env: NodeJS.ProcessEnv): Promise<LocatedTool | undefined> {
  const onPath = await firstExecutable(tool.name, pathFolders(env));
  if (onPath !== undefined && (await hasPinnedVersion(tool, onPath))) return { path: onPath, origin: 'path' };
  const cached = join(toolCacheDir(env), tool.name);
  return (await isExecutable(cached)) ? { path: cached, origin: 'cache' } : undefined;
}

async function locateSystemTool(tool: SystemTool, env: NodeJS.ProcessEnv): Promise<LocatedTool | undefined> {
  const path = await firstExecutable(tool.name, [...pathFolders(env), ...systemFolders]);
  return path === undefined ? undefined : { path, origin: 'path' };
}

/** The first of the folders that holds an executable of that name. */
export async function firstExecutable(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** The folders of PATH, in order; relative and empty parts are left out. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
}

async function hasPinnedVersion(tool: GoTool, path: string): Promise<boolean> {
  try {
    const { stdout, stderr } = await run(path, [...tool.versionArgs], { timeout: 10_000 });
    return sameMinor(tool.version, `${stdout}\n${stderr}`);
  } catch {
    return false;
  }
}

/** Whether the text names a version with the same major and minor numbers as the pinned one. */
export function sameMinor(pinned: string, text: string): boolean {
  const [major, minor] = pinned.split('.');
  const found = /\bv?(\d+)\.(\d+)\.\d+/.exec(text);
  return found !== null && found[1] === major && found[2] === minor;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
