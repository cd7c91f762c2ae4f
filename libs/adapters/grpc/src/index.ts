export {
  startInternalServer,
  unary,
  MAX_MESSAGE_BYTES,
  type InternalServer,
  type InternalServerOptions,
  type ServiceBinding,
} from './server.ts';
export type { CallerTable, CallEvent } from './guards.ts';
export { callUnary, openChannel, type Channel, type InternalClientOptions } from './channel.ts';
export { fromServiceError, toServiceError } from './status.ts';
export { createRepoServerClient, type RepoServerClient } from './repo-server/client.ts';
export { repoServerBinding, type RenderedBytes, type RepoServerBackend } from './repo-server/service.ts';
