export { createGitSource, type GitAdapter, type GitRequestEvent, type GitSourceOptions } from './source.ts';
export { parseAddress, type GitAddress } from './address.ts';
export { identityOf } from './mirrors.ts';
export { isFullSha } from './resolve.ts';
export { createKeyring, type KeyringOptions } from './keyring.ts';
export { createCloudLogins, type CloudLogins, type CloudLoginOptions } from './login/logins.ts';
