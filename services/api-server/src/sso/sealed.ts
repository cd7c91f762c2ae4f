import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** What a sealed text is for; one that was sealed for something else does not open. */
export type SealPurpose = 'login' | 'access-token' | 'refresh-token' | 'renewed-token' | 'user-info';

/** Encrypts a text so that only holders of the server's key can read it, and nobody else can make one (AES-256-GCM). */
export function sealText(text: string, purpose: SealPurpose, serverKey: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(purpose, serverKey), iv);
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), content]).toString('base64url');
}

/** The text of a sealed one; undefined for anything that this key did not seal for this purpose. */
export function openText(sealed: string, purpose: SealPurpose, serverKey: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (serverKey === '' || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose, serverKey), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const content = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    return Buffer.concat([content, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

const keyFor = (purpose: SealPurpose, serverKey: string): Buffer => {
  if (serverKey === '') throw new Error('the server has no key yet');
  return Buffer.from(hkdfSync('sha256', serverKey, '', `tiphys ${purpose}`, KEY_BYTES));
};
