import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The standard base64 of a text in UTF-8. */
export function base64OfText(text: string): string {
  const bytes = utf8(text);
  let encoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const group = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((group >> shift) & 63)).join('');
    const missing = Math.max(0, i + 3 - bytes.length);
    encoded += digits.slice(0, 4 - missing) + '='.repeat(missing);
  }
  return encoded;
}

function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

const tail = (code: number): number => 0x80 | (code & 0x3f);

/** A Secret as the API server keeps it: `stringData`, encoded, is part of `data` and wins over it. */
export function withEncodedData(secret: JsonObject): JsonObject {
  const stringData = secret['stringData'];
  if (!isJsonObject(stringData)) return secret;
  const data: Record<string, JsonValue | undefined> = isJsonObject(secret['data'])
    ? { ...secret['data'] }
    : {};
  for (const [key, value] of Object.entries(stringData)) {
    if (value !== undefined) data[key] = base64OfText(typeof value === 'string' ? value : '');
  }
  const rest: Record<string, JsonValue | undefined> = { ...secret, data };
  delete rest['stringData'];
  return rest;
}
