export { Keyring, type Keys, type KeyringOptions } from './keyring.ts';
export { refusingDecryptor, SopsSession, type SopsOptions } from './session.ts';
