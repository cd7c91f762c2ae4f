/** Tells what is wrong with a key of the secret. */
export type Fail = (key: string, why: string) => never;

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** Text behind base64, or undefined where it is none. */
export const fromBase64 = (text: string): string | undefined =>
  BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
