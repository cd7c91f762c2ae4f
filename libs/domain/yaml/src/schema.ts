import {
  defineMappingTag,
  defineScalarTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
} from 'js-yaml';
import { resolveBoolean, resolveFloat, resolveInteger } from './scalars.ts';

type Mapping = Record<string, unknown>;

const FORBIDDEN_KEY = '__proto__';

const booleanTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: resolveBoolean,
  identify: (value) => typeof value === 'boolean',
});

const integerTag = defineScalarTag<number | bigint>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: resolveInteger,
  identify: (value) => typeof value === 'bigint' || Number.isInteger(value),
});

const floatTag = defineScalarTag<number>('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: resolveFloat,
  identify: (value) => typeof value === 'number' && !Number.isInteger(value),
});

const binaryTag = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: (source) => decodeBase64(source.replaceAll(/\s/g, '')),
  identify: () => false,
});

/** Plain objects whose keys are strings as JSON has them; `__proto__` is refused. */
const objectTag = defineMappingTag<Mapping>('tag:yaml.org,2002:map', {
  create: () => ({}),
  identify: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  represent: (value: Mapping) => new Map<unknown, unknown>(Object.entries(value)),
  addPair: (mapping, key, value) => {
    if (!isScalarKey(key)) return 'a key must be a string, a number or a boolean';
    const name = String(key);
    if (name === FORBIDDEN_KEY) return `the key ${FORBIDDEN_KEY} is not allowed`;
    mapping[name] = value;
    return '';
  },
  has: (mapping, key) => Object.hasOwn(mapping, String(key)),
  keys: (mapping) => Object.keys(mapping),
  get: (mapping, key) => mapping[String(key)],
});

type ScalarKey = string | number | bigint | boolean;

const isScalarKey = (key: unknown): key is ScalarKey =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof key);

function decodeBase64(text: string): string | typeof NOT_RESOLVED {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return NOT_RESOLVED;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let bits = 0;
  let held = 0;
  let escaped = '';
  for (const letter of text.replaceAll('=', '')) {
    held = ((held << 6) | alphabet.indexOf(letter)) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    escaped += `%${((held >> bits) & 0xff).toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return NOT_RESOLVED;
  }
}

/**
 * Reads scalars as Kubernetes tools do (the YAML 1.1 rules of sigs.k8s.io/yaml): `yes`, `on` and their kin are
 * booleans, `0777` is octal, dates and `12:30:45` stay strings, infinities and NaN are errors.
 */
export const kubernetesSchema = new Schema([
  strTag,
  nullYaml11Tag,
  booleanTag,
  integerTag,
  floatTag,
  binaryTag,
  mergeTag,
  seqTag,
  objectTag,
]);
