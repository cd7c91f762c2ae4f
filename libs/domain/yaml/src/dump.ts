import { defineScalarTag, dump, DUMP_SCHEMA, NOT_RESOLVED } from 'js-yaml';
import type { JsonValue } from '@tiphys/model';

const { rawJSON } = JSON as unknown as { readonly rawJSON: (this: void, text: string) => unknown };

const INTEGER_TAG = 'tag:yaml.org,2002:int';
const numberTag = DUMP_SCHEMA.tags.find((tag) => tag.tagName === INTEGER_TAG);

const integerTag = defineScalarTag<unknown>(INTEGER_TAG, {
  implicit: true,
  resolve: (text, isExplicit, tagName): unknown =>
    numberTag?.nodeKind === 'scalar' ? numberTag.resolve(text, isExplicit, tagName) : NOT_RESOLVED,
  identify: (value) => typeof value === 'bigint' || (numberTag?.identify(value) ?? false),
});
const dumpSchema = DUMP_SCHEMA.withTags(integerTag);

/** JSON text of a value; `bigint` becomes a plain integer. `indent` as in JSON.stringify. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, child: unknown) => (typeof child === 'bigint' ? rawJSON(child.toString()) : child),
    indent,
  );
}

/** One YAML document in block style that YAML 1.1 and 1.2 readers both read back as the same value. */
export function dumpYaml(value: JsonValue): string {
  return dump(value, { schema: dumpSchema, noRefs: true, lineWidth: -1 });
}
