import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { actionScriptsOf, healthScriptOf, parseScripts, type ScriptSettings } from './index.ts';

const mistakes: string[] = [];
const parse = (data: Readonly<Record<string, string>>): ScriptSettings => {
  mistakes.length = 0;
  const readYaml = (text: string) => parseYamlDocuments(text, { file: 'argocd-cm' })[0] ?? null;
  return parseScripts(data, { readYaml, mistakes });
};
const scriptFor = (settings: ScriptSettings, key: string): string | undefined => {
  const [group, kind] = key.includes('/') ? key.split('/') : ['', key];
  return healthScriptOf(settings, { group: group ?? '', kind: kind ?? '' })?.script;
};

describe('scripts of argocd-cm', () => {
  it('reads split keys: group and kind at the underscore, a core kind alone, all', () => {
    const settings = parse({
      'resource.customizations.health.example.io_Widget': 'return 1',
      'resource.customizations.health.Pod': 'return 2',
      'resource.customizations.health.all': 'return 3',
    });
    expect(scriptFor(settings, 'example.io/Widget')).toBe('return 1');
    expect(scriptFor(settings, 'Pod')).toBe('return 2');
    expect(scriptFor(settings, 'other.io/Thing')).toBe('return 3');
    expect(scriptFor(settings, 'Service')).toBeUndefined();
  });

  it('reads the combined map, whose keys may be globs; split keys and exact keys win', () => {
    const settings = parse({
      'resource.customizations': [
        '"*.example.io/*":\n  health.lua: return "any"',
        '"*.example.io/W*":\n  health.lua: return "w"\n  health.lua.useOpenLibs: true',
        'a.example.io/Widget:\n  health.lua: return "old"',
      ].join('\n'),
      'resource.customizations.health.a.example.io_Widget': 'return "new"',
    });
    expect(scriptFor(settings, 'a.example.io/Widget')).toBe('return "new"');
    expect(healthScriptOf(settings, { group: 'b.example.io', kind: 'Widget' })).toEqual({
      script: 'return "w"',
      openLibs: true,
    });
    expect(scriptFor(settings, 'b.example.io/Thing')).toBe('return "any"');
    expect(scriptFor(settings, 'example.org/Thing')).toBeUndefined();
  });

  it('reads actions with their discovery and their definitions', () => {
    const actions = [
      'mergeBuiltinActions: true',
      'discovery.lua: return {}',
      'definitions: [{name: poke, action.lua: return obj}]',
    ].join('\n');
    const settings = parse({
      'resource.customizations.actions.example.io_Widget': actions,
      'resource.customizations.useOpenLibs.example.io_Widget': 'true',
    });
    const kind = { group: 'example.io', kind: 'Widget' };
    expect(actionScriptsOf(settings, kind)).toEqual({
      discovery: 'return {}',
      definitions: [{ name: 'poke', script: 'return obj' }],
      mergeBuiltinActions: true,
      openLibs: true,
    });
    expect(actionScriptsOf(settings, { ...kind, kind: 'Other' })).toBeUndefined();
    const text = actions.replaceAll('\n', '\n    ');
    const old = parse({ 'resource.customizations': `example.io/Widget:\n  actions: |\n    ${text}` });
    expect(actionScriptsOf(old, kind)?.definitions).toEqual([{ name: 'poke', script: 'return obj' }]);
  });

  it('names what it cannot read and keeps the rest', () => {
    const settings = parse({
      'resource.customizations.health.a_b_c': 'return 1',
      'resource.customizations.useOpenLibs.example.io_Widget': 'maybe',
      'resource.customizations.actions.example.io_Widget': '- a list',
      'resource.customizations.health.example.io_Widget': 'return 2',
    });
    expect(scriptFor(settings, 'example.io/Widget')).toBe('return 2');
    expect(mistakes).toHaveLength(3);
  });
});
