import { load } from 'js-yaml';
import { isJsonObject, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { rulesText } from '@tiphys/adapter-argo-api';

const PREFIX = 'resource.customizations';
type Override = Record<string, JsonValue | undefined>;

/** Parts of an override and the key of it that they fill. */
const PARTS: Readonly<Record<string, string>> = {
  health: 'health.lua',
  useOpenLibs: 'health.lua.useOpenLibs',
  actions: 'actions',
  ignoreDifferences: 'ignoreDifferences',
  ignoreResourceUpdates: 'ignoreResourceUpdates',
  knownTypeFields: 'knownTypeFields',
};
const RULES = ['ignoreDifferences', 'ignoreResourceUpdates'] as const;

/**
 * The overrides of `argocd-cm` by `group/kind`, in the JSON form: the single-key form first, then the split keys,
 * which win; `/status` is ignored where the compare options say so. A value that cannot be read is left out.
 */
export function resourceOverrides(data: Readonly<Record<string, string>>): JsonObject {
  const overrides = new Map<string, Override>();
  for (const [kind, override] of legacy(data[PREFIX])) overrides.set(kind, { ...override });
  for (const [key, text] of Object.entries(data)) {
    const split = /^resource\.customizations\.(\w+)\.(.+)$/.exec(key);
    const part = PARTS[split?.[1] ?? ''];
    if (part === undefined) continue;
    const kind = kindOf(split?.[2] ?? '');
    overrides.set(kind, { ...overrides.get(kind), [part]: partValue(part, text) });
  }
  addStatusRule(overrides, data);
  return Object.fromEntries([...overrides].map(([kind, override]) => [kind, complete(override)]));
}

/** `apps_Deployment` is `apps/Deployment`; `all` is every kind. */
const kindOf = (suffix: string): string => (suffix === 'all' ? '*/*' : suffix.replace('_', '/'));

function* legacy(text: string | undefined): Generator<[string, JsonObject]> {
  const parsed = readYaml(text ?? '');
  if (!isJsonObject(parsed)) return;
  for (const [kind, override] of Object.entries(parsed)) if (isJsonObject(override)) yield [kind, override];
}

function partValue(part: string, text: string): JsonValue {
  if (part === 'health.lua.useOpenLibs') return text.trim() === 'true';
  return part === 'knownTypeFields' ? (readYaml(text) ?? []) : text;
}

function addStatusRule(overrides: Map<string, Override>, data: Readonly<Record<string, string>>): void {
  const setting = valueAt(readYaml(data['resource.compareoptions'] ?? ''), 'ignoreResourceStatusField');
  const scope = setting === undefined || setting === '' ? 'all' : setting;
  const kind =
    scope === 'all' ? '*/*' : scope === 'crd' ? 'apiextensions.k8s.io/CustomResourceDefinition' : undefined;
  if (kind === undefined) return;
  const override = overrides.get(kind) ?? {};
  for (const key of RULES) override[key] = withPointer(override[key], '/status');
  overrides.set(kind, override);
}

function withPointer(text: JsonValue | undefined, pointer: string): string {
  const rules = readYaml(typeof text === 'string' ? text : '');
  const all = isJsonObject(rules) ? rules : {};
  const pointers = Array.isArray(all['jsonPointers']) ? (all['jsonPointers'] as readonly JsonValue[]) : [];
  return rulesText({ ...all, jsonPointers: pointers.includes(pointer) ? pointers : [...pointers, pointer] });
}

/** Both rule texts are always there, in one spelling. */
function complete(override: Override): JsonObject {
  const rules = RULES.map(
    (key) =>
      [key, rulesText(typeof override[key] === 'string' ? readYaml(override[key]) : undefined)] as const,
  );
  return { ...override, ...Object.fromEntries(rules) };
}

function readYaml(text: string): JsonValue | undefined {
  try {
    return load(text) as JsonValue | undefined;
  } catch {
    return undefined;
  }
}
