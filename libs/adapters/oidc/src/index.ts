export { createIdentityProviders } from './provider.ts';
