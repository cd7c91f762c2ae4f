import { isJsonObject, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { SopsFormat } from './encrypted-file.ts';

/** Shorter ones are no secrets worth the name, and to mask them would make any text unreadable. */
const MIN_LENGTH = 4;
const MAX_TEXTS = 20_000;
const ENCRYPTED = /^ENC\[AES256_GCM,/;

/**
 * The texts that were encrypted in a file, and the forms in which tools may repeat them; undefined where they are too
 * many to look for.
 */
export function plainTexts(
  format: SopsFormat,
  encrypted: Uint8Array,
  plain: Uint8Array,
): readonly string[] | undefined {
  const before = Buffer.from(encrypted).toString('utf8');
  const after = Buffer.from(plain).toString('utf8');
  const texts = textsOf(format, before, after);
  if (texts.length > MAX_TEXTS) return undefined;
  return [...new Set(texts.flatMap(formsOf))].filter((text) => text.length >= MIN_LENGTH);
}

function textsOf(format: SopsFormat, before: string, after: string): readonly string[] {
  switch (format) {
    case 'yaml':
    case 'json':
      return leavesOf(before, after);
    case 'dotenv':
    case 'ini':
      return after.split('\n').map((line) => line.slice(line.indexOf('=') + 1).trim());
    case 'binary':
      return [after];
  }
}

/** All of it where it cannot be read: nothing is known of which part was encrypted. */
function leavesOf(before: string, after: string): readonly string[] {
  try {
    return encryptedLeaves(documentsOf(before), documentsOf(after));
  } catch {
    return [after];
  }
}

const documentsOf = (text: string): readonly JsonValue[] => parseYamlDocuments(text, { file: '' });

/** Leaves of the second that are ciphertext in the first. */
function encryptedLeaves(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  if (Array.isArray(after)) {
    const others: readonly JsonValue[] = Array.isArray(before) ? before : [];
    return (after as readonly JsonValue[]).flatMap((value, index) => encryptedLeaves(others[index], value));
  }
  if (after !== undefined && isJsonObject(after)) {
    const others = before !== undefined && isJsonObject(before) ? before : {};
    return Object.entries(after).flatMap(([key, value]) => encryptedLeaves(others[key], value));
  }
  return typeof before === 'string' && ENCRYPTED.test(before)
    ? [typeof after === 'object' ? JSON.stringify(after) : String(after)]
    : [];
}

/** A text, its lines, as JSON writes it, and base64 both ways: secrets hold it, and their readers open it. */
function formsOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const opened = /^[A-Za-z0-9+/]{8,}={0,2}$/.test(text) ? [Buffer.from(text, 'base64').toString('utf8')] : [];
  const both = [text, ...lines, ...opened];
  return [...both, JSON.stringify(text).slice(1, -1), ...both.flatMap(encodedForms)];
}

/** Base64 of a text wherever it begins in what is encoded. */
const encodedForms = (text: string): readonly string[] => [
  Buffer.from(text).toString('base64'),
  ...['.', '..'].map((before) => Buffer.from(`${before}${text}`).toString('base64').slice(4, -4)),
];
