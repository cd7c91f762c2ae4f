import { dump, load } from 'js-yaml';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/**
 * A resource override has two forms. In JSON (and in our plain objects) its keys hold dots and its ignore rules are
 * YAML text; on the wire they are fields.
 */
const SCALARS = [
  ['health.lua', 'HealthLua'],
  ['health.lua.useOpenLibs', 'UseOpenLibs'],
  ['actions', 'Actions'],
  ['knownTypeFields', 'KnownTypeFields'],
] as const;
const RULES = [
  ['ignoreDifferences', 'IgnoreDifferences'],
  ['ignoreResourceUpdates', 'IgnoreResourceUpdates'],
] as const;
const RULE_KEYS = ['jqPathExpressions', 'jsonPointers', 'managedFieldsManagers'] as const;

/** From the JSON form to the fields that go on the wire. Ignore rules that are no YAML mapping count as empty. */
export function writeResourceOverride(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) return {};
  const fields: Record<string, JsonValue> = {};
  for (const [key, field] of SCALARS) if (value[key] !== undefined) fields[field] = value[key];
  for (const [key, field] of RULES) fields[field] = rulesOf(value[key]);
  return fields;
}

/** From the fields on the wire to the JSON form. */
export function readResourceOverride(fields: JsonObject): JsonObject {
  const value: Record<string, JsonValue> = {};
  for (const [key, field] of SCALARS) if (fields[field] !== undefined) value[key] = fields[field];
  for (const [key, field] of RULES) value[key] = rulesText(fields[field]);
  return value;
}

function rulesOf(text: JsonValue | undefined): JsonObject {
  if (typeof text !== 'string') return {};
  try {
    const parsed = load(text) as JsonValue;
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Ignore rules as the YAML text of the JSON form: all keys, sorted, null where empty. */
export function rulesText(rules: JsonValue | undefined): string {
  const all = isJsonObject(rules) ? rules : {};
  return dump(Object.fromEntries(RULE_KEYS.map((key) => [key, all[key] ?? null])), { seqNoIndent: true });
}
