import { z } from 'zod';
import { isJsonObject, TiphysError, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';

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
export type HelmIndex = ReadonlyMap<string, readonly ChartVersion[]>;

/** Reads an index.yaml. Entries that are malformed are left out; an index without `entries` is an error `invalid`. */
export function parseIndex(text: string, host: string): HelmIndex {
  const document = parseYamlDocuments(text, {
    file: `the index of ${host}`,
    maxExpandedValues: 20_000_000,
  })[0];
  const entries = isJsonObject(document) ? document['entries'] : undefined;
  if (!isJsonObject(entries)) {
    throw new TiphysError('invalid', `${host} did not answer with a Helm index: it has no entries`);
  }
  return new Map(Object.entries(entries).map(([name, versions]) => [name, parseVersions(versions)]));
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
