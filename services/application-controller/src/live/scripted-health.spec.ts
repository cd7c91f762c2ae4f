import { describe, expect, it } from 'vitest';
import { TiphysError, type HealthStatus, type KubeObject } from '@tiphys/model';
import type { LuaOutcome, LuaRunner } from '@tiphys/ports';
import { parseScripts } from '@tiphys/settings';
import { parseYamlDocuments } from '@tiphys/yaml';
import { ScriptedHealth } from './scripted-health.ts';

const object: KubeObject = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'thing' } };

const settings = parseScripts(
  { 'resource.customizations.health.example.com_Thing': 'return {}' },
  { readYaml: (text) => parseYamlDocuments(text, { file: 'test' })[0] ?? null, mistakes: [] },
);

async function judged(run: () => Promise<readonly LuaOutcome[]>): Promise<readonly unknown[]> {
  const runner: LuaRunner = { run, close: () => Promise.resolve() };
  const told: (HealthStatus | undefined)[] = [];
  await new ScriptedHealth(runner, settings).judge(object, (health) => {
    told.push(health);
    return false;
  });
  return told;
}

describe('health by a script', () => {
  it.each<[string, LuaOutcome, HealthStatus | undefined]>([
    ['a value', { type: 'value', luaType: 'table', value: { status: 'Degraded' } }, { status: 'Degraded' }],
    ['nothing', { type: 'value', luaType: 'nil', value: undefined }, undefined],
    ['an error', { type: 'failed', message: 'no luck' }, { status: 'Unknown', message: 'no luck' }],
    [
      'a stop',
      { type: 'stopped', message: 'too slow', retryAfterMs: 1 },
      { status: 'Unknown', message: 'too slow' },
    ],
  ])('that ended with %s is told', async (_what, outcome, health) => {
    expect(await judged(() => Promise.resolve([outcome]))).toEqual([health]);
  });

  it('is Unknown where no script can run, so that nobody waits for an answer', async () => {
    const broken = (): Promise<never> =>
      Promise.reject(new TiphysError('failed-precondition', 'no Lua here'));
    expect(await judged(broken)).toEqual([{ status: 'Unknown', message: 'no Lua here' }]);
  });

  it('is not told any more once the runner is closed', async () => {
    expect(await judged(() => Promise.reject(new TiphysError('canceled', 'closed')))).toEqual([]);
  });
});
