import { describe, expect, it } from 'vitest';
import { inClusterConfig } from '@tiphys/adapter-kube';
import type { LuaRunner } from '@tiphys/ports';
import { parseScripts } from '@tiphys/settings';
import { defaultTracking } from '@tiphys/tracking';
import { ScriptedHealth } from '../live/scripted-health.ts';
import { viewKeyOf } from './view-key.ts';

const runner: LuaRunner = { run: () => Promise.resolve([]), close: () => Promise.resolve() };

function keyOf(data: Readonly<Record<string, string>>, change: object = {}): string {
  const settings = parseScripts(data, { readYaml: () => null, mistakes: [] });
  return viewKeyOf(
    { ...inClusterConfig(), ...change },
    {
      tracking: defaultTracking,
      filters: { exclusions: [], inclusions: [] },
      scripted: new ScriptedHealth(runner, settings),
    },
  );
}

const script = (text: string) => ({ 'resource.customizations.health.ConfigMap': text });

describe('the key of a view', () => {
  it('changes with the scripts for health, and with nothing else of the scripts', () => {
    expect(keyOf(script('return {}'))).toBe(keyOf(script('return {}')));
    expect(keyOf(script('return nil'))).not.toBe(keyOf(script('return {}')));
    expect(keyOf({})).not.toBe(keyOf(script('return {}')));
    const openLibs = { 'resource.customizations.useOpenLibs.ConfigMap': 'true' };
    expect(keyOf({ ...script('return {}'), ...openLibs })).not.toBe(keyOf(script('return {}')));
    expect(keyOf(openLibs)).toBe(keyOf({}));
  });

  it('changes with the scope and the login of its cluster, not with its name', () => {
    expect(keyOf({}, { name: 'other', labels: { a: 'b' } })).toBe(keyOf({}));
    expect(keyOf({}, { namespaces: ['one'] })).not.toBe(keyOf({}));
    expect(keyOf({}, { credentials: { bearerToken: 'x' } })).not.toBe(keyOf({}));
  });
});
