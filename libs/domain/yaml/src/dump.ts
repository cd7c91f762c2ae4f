import { defineScalarTag, dump, DUMP_SCHEMA, NOT_RESOLVED, type ScalarTagDefinition } from 'js-yaml';
import type { JsonValue } from '@tiphys/model';
import { resolveBoolean, resolveInteger } from './scalars.ts';

const { rawJSON } = JSON as unknown as { readonly rawJSON: (this: void, text: string) => unknown };

/** A tag of the dump schema that quotes, beyond its own readings, what `resolve` reads as something else than text. */
function widen(
  name: 'int' | 'bool',
  resolve: (text: string) => unknown,
  identify: (value: unknown) => boolean,
): ScalarTagDefinition {
  const tagName = `tag:yaml.org,2002:${name}`;
  const own = DUMP_SCHEMA.tags.find((tag) => tag.tagName === tagName);
  return defineScalarTag<unknown>(tagName, {
    implicit: true,
    resolve: (text, isExplicit) => {
      const value = resolve(text);
      if (value !== NOT_RESOLVED || own?.nodeKind !== 'scalar') return value;
      return own.resolve(text, isExplicit, tagName) as unknown;
    },
    identify: (value) => identify(value) || (own?.identify(value) ?? false),
  });
}

const dumpSchema = DUMP_SCHEMA.withTags(
  widen('int', resolveInteger, (value) => typeof value === 'bigint'),
  widen('bool', resolveBoolean, () => false),
);

/** JSON text of a value; `bigint` becomes a plain integer. `indent` as in JSON.stringify. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, child: unknown) => (typeof child === 'bigint' ? rawJSON(child.toString()) : child),
    indent,
  );
}

export interface DumpYamlOptions {
  /** `kubernetes` writes double quotes and lists without an indent, as kubectl does. Default `plain`. */
  readonly style?: 'plain' | 'kubernetes';
}

/** One YAML document in block style that YAML 1.1 and 1.2 readers both read back as the same value. */
export function dumpYaml(value: JsonValue, { style = 'plain' }: DumpYamlOptions = {}): string {
  const asKubernetes = style === 'kubernetes';
  return dump(value, {
    schema: dumpSchema,
    noRefs: true,
    lineWidth: -1,
    quoteStyle: asKubernetes ? 'double' : 'single',
    seqNoIndent: asKubernetes,
  });
}
