export { cacheRoot, goModuleDir, toolCacheDir } from './cache.ts';
export type { ToolchainProgress } from './build.ts';
export { ensureTools, resolveTool, type EnsureOptions } from './ensure.ts';
export { ToolchainError, type ToolchainErrorCode } from './error.ts';
export { locateTool, settingName, type LocatedTool, type ToolOrigin } from './locate.ts';
export { withLock, type LockOptions } from './lock.ts';
export { describeProgress, progressPrinter } from './progress.ts';
export {
  findTool,
  goTools,
  linkerFlags,
  systemTools,
  toolsFor,
  type ToolNeed,
  type GoTool,
  type SystemTool,
  type Tool,
} from './tools.ts';
