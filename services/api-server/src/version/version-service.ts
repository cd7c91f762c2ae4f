import type { Caller, Handlers } from '../api/handlers.ts';

/** Version of the API that this server speaks; clients compare it with their own. */
export const API_VERSION_TEXT = 'v3.5.1';

/** The versions of the server and of the tools it renders with. Callers without a token get the first alone. */
export const versionHandlers: Handlers = {
  unary: {
    '/version.VersionService/Version': (_request, { claims }: Caller) =>
      claims ? { Version: API_VERSION_TEXT, ...details } : { Version: API_VERSION_TEXT },
  },
};

const details = {
  GoVersion: `node ${process.version}`,
  Compiler: 'node',
  Platform: `${process.platform}/${process.arch}`,
  KustomizeVersion: 'v5.8.1',
  HelmVersion: 'v3.21.4',
  JsonnetVersion: 'v0.22.0',
};
