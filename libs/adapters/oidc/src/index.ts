export { DexProxy, type DexProxyOptions, type DexTrust } from './dex-proxy.ts';
export { createIdentityProviders } from './provider.ts';
