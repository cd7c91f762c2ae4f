import { extname } from 'node:path';
import { isJsonObject, stringAt, TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { flatRecipientsOf, recipientsOf, type Recipients } from './recipients.ts';

/** The forms that SOPS knows. */
export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary';

export interface EncryptedFile extends Recipients {
  readonly format: SopsFormat;
}

const MARKS = ['sops', 'ENC[AES256_GCM,'];
const VALUE = /ENC\[AES256_GCM,data:/;
const DOTENV = /^sops_(version|mac)=/m;
const INI = /^\[sops\]\s*$/m;
const BY_ENDING: Readonly<Record<string, SopsFormat>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.json': 'json',
  '.env': 'dotenv',
  '.ini': 'ini',
};
/** Keys that nothing but the metadata of SOPS has together. */
const METADATA_HINTS = ['mac', 'lastmodified', 'age', 'pgp', 'kms', 'key_groups'];

/**
 * Tells whether SOPS encrypted a file, and in which form; undefined for other files. Files that are half of it are
 * errors `invalid`: values without the metadata that opens them, documents in the clear beside encrypted ones, in a
 * manifest a key `sops` that is no metadata.
 */
export function readEncrypted(
  content: Uint8Array,
  name: string,
  { isManifest = false }: { readonly isManifest?: boolean } = {},
): EncryptedFile | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!MARKS.some((mark) => bytes.includes(mark))) return undefined;
  const text = bytes.toString('utf8');
  const found = byForm(text, name, isManifest);
  if (found === undefined) return undefined;
  if (found.keys.length > 0) return found;
  throw new TiphysError(
    'failed-precondition',
    `${name} is encrypted by SOPS, but for no age or PGP key; keys in the cloud are not asked`,
  );
}

function byForm(text: string, name: string, isManifest: boolean): EncryptedFile | undefined {
  switch (BY_ENDING[extname(name).toLowerCase()] ?? formOf(text)) {
    case 'yaml':
    case 'json':
      return readDocuments(text, name, isManifest);
    case 'dotenv':
      return DOTENV.test(text) ? { format: 'dotenv', ...flatRecipientsOf(text) } : unmarked(text, name);
    case 'ini':
      return INI.test(text) ? { format: 'ini', ...iniRecipients(text) } : unmarked(text, name);
    case 'binary':
      return readBinary(text);
    case undefined:
      return undefined;
  }
}

/** The form of a file whose name does not tell it. */
function formOf(text: string): SopsFormat | undefined {
  if (DOTENV.test(text)) return 'dotenv';
  return /^\s*\{/.test(text) ? 'binary' : undefined;
}

function readBinary(text: string): EncryptedFile | undefined {
  const document = parsed(text)?.[0];
  return isBinary(document) ? { format: 'binary', ...recipientsOf(document['sops'] ?? null) } : undefined;
}

function readDocuments(text: string, name: string, isManifest: boolean): EncryptedFile | undefined {
  const documents = parsed(text)?.filter((document) => document !== null) ?? [];
  const encrypted = documents.filter(hasMetadata);
  if (encrypted.length === 0) {
    const odd = documents.find((document) => isJsonObject(document) && isOdd(document['sops'], isManifest));
    if (odd === undefined) return unmarked(text, name);
    throw new TiphysError(
      'invalid',
      `${name} has a key sops but is not encrypted by SOPS: its mac or its version is missing`,
    );
  }
  if (encrypted.length < documents.length) {
    throw new TiphysError(
      'invalid',
      `${name} is encrypted in part: some of its documents have SOPS metadata and others have none`,
    );
  }
  const [first = {}] = encrypted;
  const isJson = /^\s*\{/.test(text);
  const format = isJson && isManifest && isBinary(first) ? 'binary' : isJson ? 'json' : 'yaml';
  return { format, ...recipientsOf(first['sops'] ?? null) };
}

const hasMetadata = (document: JsonValue): document is JsonObject => {
  const metadata = isJsonObject(document) ? document['sops'] : undefined;
  return (
    isJsonObject(metadata) && typeof metadata['mac'] === 'string' && typeof metadata['version'] === 'string'
  );
};

/** Charts may well have values of that name. */
function isOdd(metadata: JsonValue | undefined, isManifest: boolean): boolean {
  if (metadata === undefined) return false;
  return isManifest || METADATA_HINTS.filter((key) => isJsonObject(metadata) && key in metadata).length > 1;
}

/** What SOPS makes of a file that it does not look into. */
const isBinary = (document: JsonValue | undefined): document is JsonObject =>
  isJsonObject(document) &&
  Object.keys(document).sort().join() === 'data,sops' &&
  hasMetadata(document) &&
  VALUE.test(stringAt(document, 'data') ?? '');

function unmarked(text: string, name: string): undefined {
  if (!VALUE.test(text)) return undefined;
  throw new TiphysError(
    'invalid',
    `${name} holds values that SOPS encrypted, but not its metadata: it cannot be opened`,
  );
}

/** Undefined where it does not parse: what reads the file says why. */
function parsed(text: string): readonly JsonValue[] | undefined {
  try {
    return parseYamlDocuments(text, { file: '' });
  } catch {
    return undefined;
  }
}

const INI_RECIPIENT =
  /^(?:key_groups__list_\d+__map_)?(?:age|pgp)__list_\d+__map_(?:recipient|fp)\s*=\s*(\S+)\s*$/gm;

const iniRecipients = (text: string): Recipients => ({
  keys: [...text.matchAll(INI_RECIPIENT)].map(([, key = '']) => key),
});
