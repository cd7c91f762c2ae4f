import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { defaultLiveViewSettings, parseControlSettings } from './index.ts';

const parse = (data: Readonly<Record<string, string>>) => {
  const readYaml = (text: string) => parseYamlDocuments(text, { file: 'argocd-cm' })[0] ?? null;
  const { live, mistakes } = parseControlSettings(data, readYaml);
  return { ...live, mistakes };
};

const rule = (group: string, kind: string, ...jsonPointers: string[]) => ({
  group,
  kind,
  jsonPointers,
  jqPathExpressions: [],
  managedFieldsManagers: [],
});

describe('settings of the live view', () => {
  it('have defaults where nothing is said', () =>
    expect(parse({})).toEqual({ ...defaultLiveViewSettings, mistakes: [] }));

  it.each([
    ['normal', 'normal', 0],
    ['strict', 'strict', 0],
    ['off', 'off', 1],
    ['loose', 'off', 1],
  ])('read resource.respectRBAC: %s as %s', (text, respectRbac, mistakes) => {
    const read = parse({ 'resource.respectRBAC': text });
    expect([read.respectRbac, read.mistakes.length]).toEqual([respectRbac, mistakes]);
  });

  it('read lists and switches', () =>
    expect(
      parse({
        'resource.customLabels': 'tier, owner,',
        'application.allowedNodeLabels': 'zone',
        'cluster.inClusterEnabled': 'false',
      }),
    ).toMatchObject({ customLabels: ['tier', 'owner'], nodeLabels: ['zone'], isInClusterEnabled: false }));

  const updates = {
    'resource.customizations.ignoreResourceUpdates.all': 'jsonPointers: [/status]',
    'resource.customizations.ignoreResourceUpdates.apps_ReplicaSet': 'jsonPointers: [/metadata/annotations]',
    'resource.customizations.ignoreDifferences.ConfigMap': 'jsonPointers: [/data/a]',
    'resource.customizations': 'x.io/Y:\n  ignoreResourceUpdates: |\n    jsonPointers: [/spec/z]\n',
  };
  const own = [
    rule('x.io', 'Y', '/spec/z'),
    rule('*', '*', '/status'),
    rule('apps', 'ReplicaSet', '/metadata/annotations'),
  ];

  it('hold the rules for updates, and those for differences with them', () => {
    expect(parse(updates).ignoredUpdates).toEqual([...own, rule('', 'ConfigMap', '/data/a')]);
    const without = { 'resource.compareoptions': 'ignoreDifferencesOnResourceUpdates: false' };
    expect(parse({ ...updates, ...without }).ignoredUpdates).toEqual(own);
  });

  it('hold none where they are off', () =>
    expect(parse({ ...updates, 'resource.ignoreResourceUpdatesEnabled': 'false' })).toMatchObject({
      ignoresUpdates: false,
      ignoredUpdates: [],
    }));

  it('name rules that cannot be read', () =>
    expect(
      parse({ 'resource.customizations.ignoreResourceUpdates.apps_Deployment': 'text' }).mistakes,
    ).toEqual([expect.stringContaining('resource.customizations.ignoreResourceUpdates.apps_Deployment')]));
});
