export { packDirectory, type PackOptions } from './archive.ts';
export { pluginEnvironment } from './environment.ts';
export { credentialSecrets, gitCredentialVariables } from './git-credentials.ts';
export type { ReceivedApp } from './receive.ts';
export { startPluginServer, type AnswerTerms, type PluginHost, type PluginServerOptions } from './server.ts';
export { pluginsIn, type PluginFolderOptions } from './sockets.ts';
