import { messageOf, TiphysError } from '@tiphys/model';
import type { EncryptedFile } from './encrypted-file.ts';

const MAX_SHOWN = 200;
const MAX_RECIPIENTS = 5;

/** What SOPS said, in words for users. Of what the file holds nothing is told. */
export function sopsFailure(error: unknown, name: string, file: EncryptedFile): TiphysError {
  const text = messageOf(error);
  if (/MAC mismatch|cipher: message authentication failed|Could not decrypt (value|with AES)/i.test(text)) {
    return new TiphysError(
      'failed-precondition',
      `${name} was changed after SOPS encrypted it: what it holds does not fit its MAC`,
    );
  }
  if (/Failed to get the data key|no master key was able/.test(text)) {
    const shown = file.keys.slice(0, MAX_RECIPIENTS).join(', ');
    return new TiphysError(
      'failed-precondition',
      `${name} cannot be opened by any of the SOPS keys here; it is encrypted for ${shown}`,
    );
  }
  if (error instanceof TiphysError && error.code !== 'failed-precondition') {
    return new TiphysError(error.code, `${name} cannot be decrypted: ${text.slice(0, MAX_SHOWN)}`);
  }
  const [reason = ''] = text.split('\n');
  return new TiphysError('failed-precondition', `${name} cannot be decrypted: ${reason.slice(0, MAX_SHOWN)}`);
}
