import {
  arrayAt,
  isJsonObject,
  messageOf,
  valueAt,
  type JsonObject,
  type JsonValue,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import type { CompareOptions, KnownTypeField } from '@tiphys/diff';
import type { YamlReader } from './argocd-cm.ts';

/** What `argocd-cm` says about how objects are compared: for single kinds, for kinds by glob, and for all. */
export type DiffSettings = Required<
  Pick<
    CompareOptions,
    'ignoreDifferences' | 'knownTypeFields' | 'ignoreAggregatedRoles' | 'ignoreResourceStatusField'
  >
>;

export interface DiffSettingsReader {
  readonly readYaml: YamlReader;
  /** Takes what could not be read and is left out. */
  readonly mistakes: string[];
}

/** Settings where nothing is configured. */
export const defaultDiffSettings: DiffSettings = {
  ignoreDifferences: [],
  knownTypeFields: {},
  ignoreAggregatedRoles: false,
  ignoreResourceStatusField: 'all',
};

const COMBINED = 'resource.customizations';
const COMPARE_OPTIONS = 'resource.compareoptions';
const IGNORE_KEY = /^resource\.customizations\.ignoreDifferences\.(.+)$/u;
const TYPES_KEY = /^resource\.customizations\.knownTypeFields\.(.+)$/u;

/**
 * Reads `resource.compareoptions`, `resource.customizations.ignoreDifferences.*`, `...knownTypeFields.*` and the
 * same of the combined map `resource.customizations`, whose keys may be globs; split keys win over it.
 */
export function parseDiffSettings(
  data: Readonly<Record<string, string>>,
  reader: DiffSettingsReader,
): DiffSettings {
  const ignored = new Map<string, ResourceIgnoreDifferences>();
  const types = new Map<string, readonly KnownTypeField[]>();
  for (const [key, override] of combined(data, reader)) {
    const rules = valueAt(override, 'ignoreDifferences');
    const place = `${COMBINED}: ${key}`;
    if (rules !== undefined)
      attempt(place, reader, () => ignored.set(key, rulesOf(key, textual(rules, reader))));
    const fields = valueAt(override, 'knownTypeFields');
    if (fields !== undefined) attempt(place, reader, () => types.set(key, typesOf(fields)));
  }
  for (const [name, text] of Object.entries(data)) {
    const ignoring = IGNORE_KEY.exec(name)?.[1];
    if (ignoring !== undefined)
      attempt(name, reader, () => {
        const key = kindKey(ignoring);
        ignored.set(key, rulesOf(key, reader.readYaml(text)));
      });
    const typing = TYPES_KEY.exec(name)?.[1];
    if (typing !== undefined)
      attempt(name, reader, () => types.set(kindKey(typing), typesOf(reader.readYaml(text))));
  }
  return {
    ...defaultDiffSettings,
    ...compareOptionsOf(data, reader),
    ignoreDifferences: [...ignored.values()],
    knownTypeFields: Object.fromEntries(types),
  };
}

/** Runs a reader; what it throws is named as a mistake at that place. */
export function attempt(place: string, { mistakes }: DiffSettingsReader, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    mistakes.push(`${place}: ${messageOf(error)}; ignored`);
  }
}

/** The entries of the combined map. */
export function combined(
  data: Readonly<Record<string, string>>,
  reader: DiffSettingsReader,
): readonly (readonly [string, JsonObject])[] {
  const text = data[COMBINED] ?? '';
  const overrides: [string, JsonObject][] = [];
  if (text.trim() === '') return overrides;
  attempt(COMBINED, reader, () => {
    const map = reader.readYaml(text);
    if (!isJsonObject(map)) throw new TypeError('is not a map');
    for (const [key, override] of Object.entries(map))
      if (isJsonObject(override)) overrides.push([key, override]);
  });
  return overrides;
}

/** Rules inside the combined map are YAML of their own, in a text. */
export const textual = (value: JsonValue, { readYaml }: DiffSettingsReader): JsonValue =>
  typeof value === 'string' ? readYaml(value) : value;

/** The `group/Kind` of a split key's end: `<group>_<Kind>`, a core kind alone, or `all`. */
export function kindKey(end: string): string {
  if (end === 'all') return '*/*';
  const parts = end.split('_');
  if (parts.length > 2) throw new TypeError(`'${end}' is no <group>_<kind>`);
  return parts.join('/');
}

/** The rules that stand under a key `group/Kind`. */
export function rulesOf(key: string, rules: JsonValue): ResourceIgnoreDifferences {
  if (rules !== null && !isJsonObject(rules)) throw new TypeError('is not a map of rules');
  const slash = key.indexOf('/');
  const strings = (name: string): readonly string[] =>
    arrayAt(rules, name).filter((item) => typeof item === 'string');
  return {
    group: slash < 0 ? '' : key.slice(0, slash),
    kind: key.slice(slash + 1),
    jsonPointers: strings('jsonPointers'),
    jqPathExpressions: strings('jqPathExpressions'),
    managedFieldsManagers: strings('managedFieldsManagers'),
  };
}

function typesOf(value: JsonValue): readonly KnownTypeField[] {
  if (!Array.isArray(value)) throw new TypeError('is not a list of {field, type}');
  return (value as readonly JsonValue[]).map((entry) => {
    const [field, type] = [valueAt(entry, 'field'), valueAt(entry, 'type')];
    if (typeof field !== 'string' || typeof type !== 'string')
      throw new TypeError('an entry lacks its field or its type');
    return { field, type };
  });
}

function compareOptionsOf(
  data: Readonly<Record<string, string>>,
  reader: DiffSettingsReader,
): Partial<DiffSettings> {
  const text = data[COMPARE_OPTIONS] ?? '';
  let options: Partial<DiffSettings> = {};
  if (text.trim() === '') return options;
  attempt(COMPARE_OPTIONS, reader, () => {
    const map = reader.readYaml(text);
    if (!isJsonObject(map)) throw new TypeError('is not a map');
    options = {
      ignoreAggregatedRoles: map['ignoreAggregatedRoles'] === true,
      ignoreResourceStatusField: statusFieldOf(map['ignoreResourceStatusField']),
    };
  });
  return options;
}

function statusFieldOf(value: JsonValue | undefined): DiffSettings['ignoreResourceStatusField'] {
  switch (value ?? '') {
    case 'crd':
      return 'crd';
    case 'none':
    case 'off':
    case 'false':
    case false:
      return 'none';
    case 'all':
    case '':
      return 'all';
    default:
      throw new TypeError(`ignoreResourceStatusField is none of all, crd, none`);
  }
}
