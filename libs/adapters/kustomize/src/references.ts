import { arrayAt, isJsonObject, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';

/** Something that a kustomization names: `any` may be a file or a directory, `plugin` also inline configuration. */
export interface Reference {
  readonly field: string;
  readonly value: string;
  readonly kind: 'any' | 'directory' | 'file' | 'plugin';
}

const LISTS: readonly (readonly [string, Reference['kind']])[] = [
  ['resources', 'any'],
  ['bases', 'any'],
  ['components', 'directory'],
  ['generators', 'plugin'],
  ['transformers', 'plugin'],
  ['validators', 'plugin'],
  ['crds', 'file'],
  ['configurations', 'file'],
];
const WITH_PATH = ['patches', 'patchesJson6902', 'replacements'];
const GENERATORS = ['configMapGenerator', 'secretGenerator'];

/** Every file and directory that a kustomization names. */
export function referencesOf(kustomization: JsonObject): readonly Reference[] {
  return [
    ...LISTS.flatMap(([field, kind]) => strings(arrayAt(kustomization, field), field, kind)),
    ...strings(arrayAt(kustomization, 'patchesStrategicMerge'), 'patchesStrategicMerge', 'file').filter(
      (reference) => !isInline(reference.value),
    ),
    ...WITH_PATH.flatMap((field) =>
      arrayAt(kustomization, field).flatMap((entry) => one(valueAt(entry, 'path'), `${field}.path`)),
    ),
    ...one(valueAt(kustomization, 'openapi', 'path'), 'openapi.path'),
    ...GENERATORS.flatMap((field) =>
      arrayAt(kustomization, field).flatMap((it) => generatorFiles(it, field)),
    ),
    ...helmFiles(kustomization),
  ];
}

/**
 * Files that the configuration of a generator or transformer names. Its shape is open, so every text under a key that
 * is known to hold a path counts.
 */
export function pluginReferences(value: JsonValue, field: string): readonly Reference[] {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((child) => pluginReferences(child, field));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (child === undefined) return [];
    if (key === 'files') return strings(asArray(child), `${field}.files`, 'file').map(withoutKey);
    if (key === 'path' || key === 'paths' || key === 'env' || key === 'envs') {
      return strings(asArray(child), `${field}.${key}`, 'file').filter(({ value: text }) => isFilePath(text));
    }
    return pluginReferences(child, `${field}.${key}`);
  });
}

/** A field `path` of a transformer may also be a place inside objects (`metadata/name`, `/spec/replicas`). */
const isFilePath = (text: string): boolean =>
  !isInline(text) && /(^\.\.?\/|\.(ya?ml|json|env|txt)$)/.test(text);

/** Inline YAML or JSON where a path could stand. */
export const isInline = (value: string): boolean => value.includes('\n') || /^\s*[{[]/.test(value);

function generatorFiles(generator: JsonValue, field: string): readonly Reference[] {
  return [
    ...strings(arrayAt(generator, 'files'), `${field}.files`, 'file').map(withoutKey),
    ...strings(arrayAt(generator, 'envs'), `${field}.envs`, 'file'),
    ...one(valueAt(generator, 'env'), `${field}.env`),
  ];
}

function helmFiles(kustomization: JsonObject): readonly Reference[] {
  return [
    ...arrayAt(kustomization, 'helmCharts'),
    ...arrayAt(kustomization, 'helmChartInflationGenerator'),
  ].flatMap((chart) => [
    ...one(valueAt(chart, 'valuesFile'), 'helmCharts.valuesFile'),
    ...one(valueAt(chart, 'values'), 'helmCharts.values'),
    ...strings(arrayAt(chart, 'additionalValuesFiles'), 'helmCharts.additionalValuesFiles', 'file'),
  ]);
}

const withoutKey = (reference: Reference): Reference => ({
  ...reference,
  value: reference.value.slice(reference.value.indexOf('=') + 1),
});

function strings(values: readonly JsonValue[], field: string, kind: Reference['kind']): readonly Reference[] {
  return values.flatMap((value) => (typeof value === 'string' ? [{ field, value, kind }] : []));
}

const one = (value: JsonValue | undefined, field: string): readonly Reference[] =>
  typeof value === 'string' && value !== '' ? [{ field, value, kind: 'file' }] : [];

const asArray = (value: JsonValue): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
