export { createSigner, type Signer, type SignerOptions, type SigningKey } from './signer.ts';
