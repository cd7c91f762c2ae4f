import { asJson, isJsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { base64OfText, goJson } from '@tiphys/merge';
import { isSecret } from './normalize.ts';

const MASK = '++++++++';
/** Shorter values would take words out of every message. */
const SHORTEST = 3;

/**
 * A message about an object, such as a refusal of an API server, without any value of the Secrets among `objects`:
 * neither as it is written nor in base64.
 */
export function withoutSecretValues(message: string, objects: readonly KubeObject[]): string {
  const values = objects.filter(isSecret).flatMap(valuesOf);
  // The longest first, as one may hold another.
  const sorted = [...new Set(values)].sort((a, b) => b.length - a.length);
  return sorted.reduce((text, value) => text.replaceAll(value, MASK), message);
}

function valuesOf(secret: KubeObject): readonly string[] {
  const { stringData, data } = asJson(secret);
  return [stringData, data]
    .flatMap((map) => (isJsonObject(map) ? Object.values(map) : []))
    .filter((value) => value !== undefined && value !== null)
    .flatMap(formsOf)
    .filter((value) => value.length >= SHORTEST);
}

function formsOf(value: JsonValue): readonly string[] {
  const text = typeof value === 'string' ? value : goJson(value);
  const written = JSON.stringify(text).slice(1, -1);
  const plain = typeof value === 'string' ? textOfBase64(value) : undefined;
  return [text, written, base64OfText(text), ...(plain === undefined ? [] : [plain])];
}

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/u;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The text behind base64; undefined where it is none, or none of a text. */
function textOfBase64(value: string): string | undefined {
  if (!BASE64.test(value)) return undefined;
  const digits = [...value.replace(/[=\s]/gu, '')].map((digit) => ALPHABET.indexOf(digit));
  let encoded = '';
  for (let at = 0; at + 1 < digits.length; at += 1) {
    if (at % 4 === 3) continue;
    const [left = 0, right = 0] = digits.slice(at, at + 2);
    const byte = ((left << (2 * (at % 4) + 2)) | (right >> (4 - 2 * (at % 4)))) & 0xff;
    encoded += `%${byte.toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
