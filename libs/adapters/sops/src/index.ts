export type { KeyNames } from './key-files.ts';
export { Keyring, type Keys, type KeyringOptions } from './keyring.ts';
export { refusingDecryptor } from './refusing.ts';
export { SopsSession, type SopsOptions } from './session.ts';
