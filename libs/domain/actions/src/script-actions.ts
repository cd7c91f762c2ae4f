import {
  arrayAt,
  asKubeObject,
  isJsonObject,
  stringAt,
  TiphysError,
  valueAt,
  type JsonValue,
} from '@tiphys/model';
import type { Impact, ResourceAction } from './action.ts';

/** What a script returned last: the value, undefined for nil, and the name of its Lua type. */
interface ScriptResult {
  readonly value: JsonValue | undefined;
  readonly luaType: string;
}

/** The actions that a discovery script named; `invalid` where it returned no table. */
export function actionsOfScript({ value, luaType }: ScriptResult): readonly ResourceAction[] {
  requireTable(luaType);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, action]) => ({ name, ...settingsOf(action) }));
}

function settingsOf(action: JsonValue | undefined): Omit<ResourceAction, 'name'> {
  const iconClass = stringAt(action, 'iconClass') ?? '';
  const displayName = stringAt(action, 'displayName') ?? '';
  const params = arrayAt(action, 'params').map((param) => ({ name: stringAt(param, 'name') ?? '' }));
  return {
    ...(params.length === 0 ? {} : { params }),
    ...(valueAt(action, 'disabled') === true ? { disabled: true } : {}),
    ...(iconClass === '' ? {} : { iconClass }),
    ...(displayName === '' ? {} : { displayName }),
  };
}

/**
 * What an action script wants changed: the object that it returned, or each of a list of `{operation, resource}`.
 * `invalid` names what is none of that.
 */
export function impactsOfScript({ value, luaType }: ScriptResult): readonly Impact[] {
  requireTable(luaType);
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(impactOf) : [patchOf(value)];
}

function impactOf(value: JsonValue): Impact {
  const operation = stringAt(value, 'operation');
  const object = patchOf(valueAt(value, 'resource')).object;
  if (operation !== 'create' && operation !== 'patch')
    throw new TiphysError('invalid', `unsupported operation: ${operation ?? 'none'}; it is create or patch`);
  return { operation, object };
}

function patchOf(value: JsonValue | undefined): Impact {
  const object = asKubeObject(value);
  if (object === undefined)
    throw new TiphysError('invalid', 'the action returned what is no object with apiVersion and kind');
  return { operation: 'patch', object };
}

function requireTable(luaType: string): void {
  if (luaType !== 'table')
    throw new TiphysError('invalid', `expect table output from Lua script, not ${luaType}`);
}

/** The actions of a kind with its own scripts: those, and the built-in ones of other names where they are merged. */
export function mergedActions(
  own: readonly ResourceAction[],
  builtIn: readonly ResourceAction[],
): readonly ResourceAction[] {
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...builtIn.filter(({ name }) => !names.has(name))];
}

/** By name: the order in which actions are listed. */
export const sortedActions = (actions: readonly ResourceAction[]): readonly ResourceAction[] =>
  [...actions].sort((a, b) => (a.name < b.name ? -1 : 1));
