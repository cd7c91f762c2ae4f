import { compileGlob } from '@tiphys/glob';
import {
  arrayAt,
  isJsonObject,
  stringAt,
  valueAt,
  type GroupKind,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { attempt, combined, kindKey, type DiffSettingsReader } from './customizations-diff.ts';

/** A Lua script that says how objects of a kind are. */
export interface HealthScript {
  readonly script: string;
  /** Every standard library that the sandbox has, instead of `table` and two functions of `os`. */
  readonly openLibs: boolean;
}

/** Lua that says which actions an object has, and the Lua of each. */
export interface ActionScripts {
  readonly discovery: string;
  readonly definitions: readonly { readonly name: string; readonly script: string }[];
  /** The built-in actions of the kind stay; those of the same name are replaced. */
  readonly mergeBuiltinActions: boolean;
  readonly openLibs: boolean;
}

/** Scripts of `argocd-cm`, by `group/Kind` (`Kind` alone for core kinds); health also by globs of that. */
export interface ScriptSettings {
  readonly health: Readonly<Record<string, HealthScript>>;
  readonly actions: Readonly<Record<string, ActionScripts>>;
}

/** Where nothing is configured. */
export const noScripts: ScriptSettings = { health: {}, actions: {} };

interface Override {
  health?: string;
  openLibs?: boolean;
  actions?: Omit<ActionScripts, 'openLibs'>;
}

const SPLIT_KEY = /^resource\.customizations\.(health|actions|useOpenLibs)\.(.+)$/u;

/**
 * Reads `resource.customizations.{health,actions,useOpenLibs}.*` and the same of the combined map
 * `resource.customizations`; split keys win over it.
 */
export function parseScripts(
  data: Readonly<Record<string, string>>,
  reader: DiffSettingsReader,
): ScriptSettings {
  const overrides = new Map<string, Override>();
  const add = (key: string, part: Override): unknown =>
    overrides.set(key, { ...overrides.get(key), ...part });
  for (const [key, override] of combined(data, reader))
    attempt(`resource.customizations: ${key}`, reader, () => add(key, ofCombined(override, reader)));
  for (const [name, text] of Object.entries(data)) {
    const [, part, end] = SPLIT_KEY.exec(name) ?? [];
    if (part !== undefined && end !== undefined)
      attempt(name, reader, () => add(kindKey(end), ofSplit(part, text, reader)));
  }
  return toSettings(overrides);
}

function toSettings(overrides: ReadonlyMap<string, Override>): ScriptSettings {
  const health: Record<string, HealthScript> = {};
  const actions: Record<string, ActionScripts> = {};
  for (const [key, override] of overrides) {
    const openLibs = override.openLibs ?? false;
    if ((override.health ?? '').trim() !== '') health[key] = { script: override.health ?? '', openLibs };
    if (override.actions !== undefined) actions[key] = { ...override.actions, openLibs };
  }
  return { health, actions };
}

function ofCombined(override: JsonObject, reader: DiffSettingsReader): Override {
  const health = override['health.lua'];
  const actions = override['actions'];
  const openLibs = override['health.lua.useOpenLibs'];
  return {
    ...(typeof health === 'string' ? { health } : {}),
    ...(openLibs === undefined ? {} : { openLibs: openLibs === true }),
    ...(actions === undefined || actions === ''
      ? {}
      : { actions: actionsOf(typeof actions === 'string' ? reader.readYaml(actions) : actions) }),
  };
}

function ofSplit(part: string, text: string, { readYaml }: DiffSettingsReader): Override {
  if (part === 'health') return { health: text };
  if (part === 'actions') return { actions: actionsOf(readYaml(text)) };
  const value = text.trim().toLowerCase();
  if (!['true', 'false'].includes(value)) throw new TypeError(`'${text}' is neither true nor false`);
  return { openLibs: value === 'true' };
}

function actionsOf(value: JsonValue): Omit<ActionScripts, 'openLibs'> {
  if (!isJsonObject(value)) throw new TypeError('is no map with discovery.lua and definitions');
  return {
    discovery: stringAt(value, 'discovery.lua') ?? '',
    definitions: arrayAt(value, 'definitions').map((definition) => ({
      name: stringAt(definition, 'name') ?? '',
      script: stringAt(definition, 'action.lua') ?? '',
    })),
    mergeBuiltinActions: valueAt(value, 'mergeBuiltinActions') === true,
  };
}

const keyOf = ({ group, kind }: GroupKind): string => (group === '' ? kind : `${group}/${kind}`);

/** The script for the health of a kind: its own, else of the longest glob that matches. Undefined for none. */
export function healthScriptOf({ health }: ScriptSettings, kind: GroupKind): HealthScript | undefined {
  const key = keyOf(kind);
  const own = health[key];
  if (own !== undefined) return own;
  const matching = Object.keys(health)
    .filter((pattern) => compileGlob(pattern)?.(key) === true)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return matching[0] === undefined ? undefined : health[matching[0]];
}

/** The scripts for the actions of a kind; globs do not count for actions. Undefined for none. */
export const actionScriptsOf = ({ actions }: ScriptSettings, kind: GroupKind): ActionScripts | undefined =>
  actions[keyOf(kind)];
