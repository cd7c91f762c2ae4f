import { z } from 'zod';
import { isJsonObject, TiphysError, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { splitIndex } from './split-index.ts';

const entry = z.object({
  version: z.string(),
  urls: z.array(z.string()).nullish(),
  digest: z.string().nullish(),
});

/** One version of a chart in an index. */
export interface ChartVersion {
  readonly version: string;
  readonly urls: readonly string[];
  /** SHA-256 in hex where the index says it. */
  readonly digest: string | undefined;
}

/** An index: the versions of each chart, as listed. */
export interface HelmIndex {
  readonly names: readonly string[];
  /** Undefined for a chart that is not there. */
  versions(name: string): readonly ChartVersion[] | undefined;
}

const MAX_VALUES = 20_000_000;

/**
 * Reads an index.yaml. Public ones hold tens of megabytes, which would take seconds to parse, so that only the part of
 * a chart that somebody asks for is parsed, where the text has the form that Helm writes. Entries that are malformed
 * are left out; an index without `entries` is an error `invalid`.
 */
export function parseIndex(text: string, host: string): HelmIndex {
  const parts = splitIndex(text);
  return parts === undefined ? parseWhole(text, host) : new LazyIndex(parts, host);
}

class LazyIndex implements HelmIndex {
  readonly names: readonly string[];
  readonly #parts: ReadonlyMap<string, string>;
  readonly #parsed = new Map<string, readonly ChartVersion[]>();
  readonly #host: string;

  constructor(parts: ReadonlyMap<string, string>, host: string) {
    this.names = [...parts.keys()];
    this.#parts = parts;
    this.#host = host;
  }

  versions(name: string): readonly ChartVersion[] | undefined {
    const part = this.#parts.get(name);
    if (part === undefined) return undefined;
    const known =
      this.#parsed.get(name) ?? parseVersions(parsePart(part, `${name} in the index of ${this.#host}`));
    this.#parsed.set(name, known);
    return known;
  }
}

function parsePart(text: string, file: string): JsonValue | undefined {
  return parseYamlDocuments(text, { file, maxExpandedValues: MAX_VALUES })[0];
}

function parseWhole(text: string, host: string): HelmIndex {
  const document = parsePart(text, `the index of ${host}`);
  const entries = isJsonObject(document) ? document['entries'] : undefined;
  if (!isJsonObject(entries)) {
    throw new TiphysError('invalid', `${host} did not answer with a Helm index: it has no entries`);
  }
  const all = new Map(Object.entries(entries).map(([name, versions]) => [name, parseVersions(versions)]));
  return { names: [...all.keys()], versions: (name) => all.get(name) };
}

function parseVersions(value: JsonValue | undefined): readonly ChartVersion[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).flatMap((one) => {
    const parsed = entry.safeParse(one);
    if (!parsed.success) return [];
    const { version, urls, digest } = parsed.data;
    return [{ version, urls: urls ?? [], digest: digest?.replace(/^sha256:/, '') ?? undefined }];
  });
}
