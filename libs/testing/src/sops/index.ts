export { newAgeKey, type AgeKey } from './age-key.ts';
export { newPgpKey, type PgpKey } from './pgp-key.ts';
export { sopsEncrypt, type EncryptOptions } from './encrypt.ts';
