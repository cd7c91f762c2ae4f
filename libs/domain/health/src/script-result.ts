import {
  HEALTH_ORDER,
  isJsonObject,
  stringAt,
  type HealthCode,
  type HealthStatus,
  type JsonValue,
} from '@tiphys/model';

/** What a health script returned last: the value, undefined for nil, and the name of its Lua type. */
export interface ScriptResult {
  readonly value: JsonValue | undefined;
  readonly luaType: string;
}

const INVALID: HealthStatus = { status: 'Unknown', message: 'Lua returned an invalid health status' };

/**
 * The health that a script told. Undefined for nil or an empty table: the object counts as healthy where somebody
 * waits for it. Anything that is no health is Unknown, with the reason.
 */
export function healthOfScript({ value, luaType }: ScriptResult): HealthStatus | undefined {
  if (value === undefined || isEmptyTable(value)) return undefined;
  if (luaType !== 'table')
    return { status: 'Unknown', message: `expect table output from Lua script, not ${luaType}` };
  const status = toHealthCode(stringAt(value, 'status'));
  if (status === undefined) return INVALID;
  const message = stringAt(value, 'message');
  return message === undefined || message === '' ? { status } : { status, message };
}

/** Lua has one kind of table: an empty one comes back as a list. */
const isEmptyTable = (value: JsonValue): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;

const toHealthCode = (text: string | undefined): HealthCode | undefined =>
  HEALTH_ORDER.find((code) => code === text);
