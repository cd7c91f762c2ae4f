export { createAuthority, type CertificateAuthority, type Identity, type LeafOptions } from './authority.ts';
