export {
  startGitServer,
  type GitServer,
  type GitServerOptions,
  type CommitOptions,
  type SshAccess,
} from './server.ts';
export type { FileChange, FileChanges } from './repository.ts';
export type { GitFault } from './faults.ts';
export type { GitRequest } from './request-log.ts';
