import { TiphysError } from '@tiphys/model';
import type { FileDecryptor } from '@tiphys/ports';
import { readEncrypted } from './encrypted-file.ts';

/** Finds encrypted files where none may be opened: each is an error `permission-denied`. */
export const refusingDecryptor = (project: string): FileDecryptor => ({
  open: (content, name, options) =>
    Promise.resolve().then(() => {
      if (readEncrypted(content, name, options) === undefined) return content;
      throw new TiphysError(
        'permission-denied',
        `${name} is encrypted by SOPS, and the AppProject ${project} does not allow to open it: set its annotation ` +
          'tiphys.dev/sops-keys to the names of the keys that it may use, or to "*"',
      );
    }),
});
