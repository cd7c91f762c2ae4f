export { startIdentityProvider } from './server.ts';
export type { Fault, IdentityProviderOptions, TestClient, TestIdentityProvider, TestUser } from './server.ts';
