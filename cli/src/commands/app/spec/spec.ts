import { canonicalDuration } from '@tiphys/diff';
import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { Failure } from '../../../program/failure.ts';
import { listAt, withValue } from './draft.ts';
import { lists, maps, named, switches, texts, type NamedField } from './fields.ts';
import type { SpecFlags } from './flags.ts';
import { withImages } from './images.ts';
import { withLiteralValues } from './literal-values.ts';
import { parseMap, parsePair } from './pairs.ts';

export interface SpecInput {
  readonly flags: SpecFlags;
  /** The names of the flags that stand on the command line; the others leave the spec as it is. */
  readonly given: ReadonlySet<string>;
  /** The content of `--values-literal-file`. */
  readonly literalValues?: string;
}

type Step = (spec: JsonObject, input: SpecInput) => JsonObject;

/** The spec of an application with what the flags say put over it. */
export function applySpecFlags(spec: JsonObject, input: SpecInput): JsonObject {
  const steps: readonly Step[] = [
    withTexts,
    withSwitches,
    withLists,
    (current, { flags }) => withImages(current, flags['kustomize-image']),
    withMaps,
    withNamed,
    withPolicy,
    withLimits,
  ];
  const result = steps.reduce((current, step) => step(current, input), spec);
  return input.literalValues === undefined ? result : withLiteralValues(result, input.literalValues);
}

const entriesOf = <K extends string>(table: Partial<Record<K, string>>): readonly (readonly [K, string])[] =>
  Object.entries(table) as [K, string][];

const withTexts: Step = (spec, { flags, given }) =>
  entriesOf(texts).reduce((current, [flag, path]) => {
    const value = flags[flag];
    return given.has(flag) && typeof value === 'string' ? withValue(current, path, value) : current;
  }, spec);

const withSwitches: Step = (spec, { flags, given }) =>
  entriesOf(switches).reduce(
    (current, [flag, path]) => (given.has(flag) ? withValue(current, path, flags[flag]) : current),
    spec,
  );

const withLists: Step = (spec, { flags, given }) =>
  entriesOf(lists).reduce(
    (current, [flag, path]) => (given.has(flag) ? withValue(current, path, flags[flag]) : current),
    spec,
  );

const withMaps: Step = (spec, { flags, given }) =>
  entriesOf(maps).reduce(
    (current, [flag, path]) =>
      given.has(flag) ? withValue(current, path, parseMap(flags[flag], flag)) : current,
    spec,
  );

const withNamed: Step = (spec, { flags }) =>
  named.reduce(
    (current, field) =>
      flags[field.flag].reduce(
        (inner, text) => withEntry(inner, field, parsePair(text, field.flag)),
        current,
      ),
    spec,
  );

function withEntry(spec: JsonObject, field: NamedField, [name, text]: readonly [string, string]): JsonObject {
  const value: JsonValue = field.key === 'count' ? countOf(text, field.flag) : text;
  const entry: JsonObject = { name, [field.key]: value, ...field.extra };
  const before = listAt(spec, field.path);
  const at = before.findIndex((other) => isJsonObject(other) && other['name'] === name);
  return withValue(spec, field.path, at === -1 ? [...before, entry] : before.with(at, entry));
}

function countOf(text: string, flag: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Failure(`--${flag} needs a whole number, not '${text}'.`);
}

const withPolicy: Step = (spec, { flags, given }) => {
  const wanted = policyOf(flags['sync-policy']);
  const chosen = wanted === undefined ? spec : withAutomation(spec, wanted);
  const automated: readonly (readonly ['auto-prune' | 'self-heal' | 'allow-empty', string])[] = [
    ['auto-prune', 'prune'],
    ['self-heal', 'selfHeal'],
    ['allow-empty', 'allowEmpty'],
  ];
  return automated.reduce((current, [flag, key]) => {
    if (!given.has(flag)) return current;
    if (!isAutomated(current)) throw new Failure(`--${flag} needs --sync-policy automated.`);
    return withValue(current, `syncPolicy.automated.${key}`, flags[flag]);
  }, chosen);
};

function policyOf(text: string | undefined): 'automated' | 'manual' | undefined {
  switch (text) {
    case undefined:
    case '':
      return undefined;
    case 'automated':
    case 'auto':
      return 'automated';
    case 'none':
    case 'manual':
      return 'manual';
    default:
      throw new Failure(`--sync-policy is none or automated, not '${text}'.`);
  }
}

const policyField = (spec: JsonObject): JsonObject =>
  isJsonObject(spec['syncPolicy']) ? spec['syncPolicy'] : {};

const isAutomated = (spec: JsonObject): boolean => isJsonObject(policyField(spec)['automated']);

function withAutomation(spec: JsonObject, wanted: 'automated' | 'manual'): JsonObject {
  const { automated, ...rest } = policyField(spec);
  if (wanted === 'automated') return { ...spec, syncPolicy: { ...rest, automated: automated ?? {} } };
  const { syncPolicy: _dropped, ...others } = spec;
  return Object.keys(rest).length === 0 ? others : { ...spec, syncPolicy: rest };
}

const withLimits: Step = (spec, { flags, given }) => {
  const limit = flags['revision-history-limit'];
  const withHistory = limit === undefined ? spec : withValue(spec, 'revisionHistoryLimit', limit);
  const withOptions = flags['sync-option'].reduce(withSyncOption, withHistory);
  if (![...given].some((name) => name.startsWith('sync-retry-'))) return withOptions;
  return withValue(withOptions, 'syncPolicy.retry', {
    ...(flags['sync-retry-limit'] === undefined ? {} : { limit: flags['sync-retry-limit'] }),
    backoff: {
      duration: canonicalDuration(flags['sync-retry-backoff-duration']),
      factor: flags['sync-retry-backoff-factor'],
      maxDuration: canonicalDuration(flags['sync-retry-backoff-max-duration']),
    },
    ...(flags['sync-retry-refresh'] ? { refresh: true } : {}),
  });
};

function withSyncOption(spec: JsonObject, option: string): JsonObject {
  const path = 'syncPolicy.syncOptions';
  const remove = option.startsWith('!');
  const name = remove ? option.slice(1) : option;
  const others = listAt(spec, path).filter((other) => other !== name);
  return withValue(spec, path, remove ? others : [...others, name]);
}
