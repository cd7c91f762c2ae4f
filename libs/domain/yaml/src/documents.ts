import { loadAll, YAMLException } from 'js-yaml';
import { messageOf, TiphysError, type JsonValue } from '@tiphys/model';
import { expandAliases } from './expansion.ts';
import { kubernetesSchema } from './schema.ts';

export interface ParseYamlOptions {
  /** Path as the user wrote it; named in errors. */
  readonly file: string;
  /** Values a document may hold once its aliases are written out. Default 1 000 000. */
  readonly maxExpandedValues?: number;
}

const DEFAULT_MAX_EXPANDED_VALUES = 1_000_000;
const MAX_ALIASES = 100_000;
const MAX_MERGE_KEYS = 100_000;
const MAX_DEPTH = 200;

/**
 * All documents of a YAML stream as plain JSON, empty documents as null. A repeated key takes its last value.
 * Errors are TiphysError `invalid` that name the file and, where known, the line.
 */
export function parseYamlDocuments(text: string, options: ParseYamlOptions): readonly JsonValue[] {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const documents = loadAll(source, {
      schema: kubernetesSchema,
      json: true,
      maxAliases: MAX_ALIASES,
      maxTotalMergeKeys: MAX_MERGE_KEYS,
      maxDepth: MAX_DEPTH,
    });
    if (!hasAliases(source)) return documents as JsonValue[];
    const limit = options.maxExpandedValues ?? DEFAULT_MAX_EXPANDED_VALUES;
    return documents.map((document) => expandAliases(document, limit));
  } catch (error) {
    throw new TiphysError('invalid', `cannot read ${options.file}: ${describe(error)}`);
  }
}

const hasAliases = (source: string): boolean => source.includes('&') && source.includes('*');

function describe(error: unknown): string {
  if (!(error instanceof YAMLException)) return messageOf(error);
  const line = error.mark === undefined ? undefined : error.mark.line + 1;
  return line === undefined ? error.reason : `line ${String(line)}: ${error.reason}`;
}
