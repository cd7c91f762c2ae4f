import type { HealthStatus } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { healthOfScript, type ScriptResult } from './index.ts';

const table = (value: ScriptResult['value']): ScriptResult => ({ value, luaType: 'table' });

const cases: readonly (readonly [string, ScriptResult, HealthStatus | undefined])[] = [
  ['nil', { value: undefined, luaType: 'nil' }, undefined],
  ['an empty table', table([]), undefined],
  ['a status', table({ status: 'Healthy' }), { status: 'Healthy' }],
  [
    'a status and more',
    table({ status: 'Degraded', message: 'no', x: 1 }),
    { status: 'Degraded', message: 'no' },
  ],
  ['an empty message', table({ status: 'Progressing', message: '' }), { status: 'Progressing' }],
  [
    'a status that is none',
    table({ status: 'Fine' }),
    { status: 'Unknown', message: 'Lua returned an invalid health status' },
  ],
  [
    'a table without status',
    table({ message: 'x' }),
    { status: 'Unknown', message: 'Lua returned an invalid health status' },
  ],
  ['a list', table([1]), { status: 'Unknown', message: 'Lua returned an invalid health status' }],
  [
    'a text',
    { value: 'Healthy', luaType: 'string' },
    { status: 'Unknown', message: 'expect table output from Lua script, not string' },
  ],
];

describe('healthOfScript', () => {
  it.each(cases)('%s', (_name, result, expected) => {
    expect(healthOfScript(result)).toEqual(expected);
  });
});
