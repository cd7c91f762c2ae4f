import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { defaultDiffSettings, parseDiffSettings } from './customizations-diff.ts';

function parse(data: Readonly<Record<string, string>>) {
  const mistakes: string[] = [];
  const readYaml = (text: string) => parseYamlDocuments(text, { file: 'argocd-cm' })[0] ?? null;
  return { ...parseDiffSettings(data, { readYaml, mistakes }), mistakes };
}

const none = { jsonPointers: [], jqPathExpressions: [], managedFieldsManagers: [] };

describe('parseDiffSettings', () => {
  it('has defaults where nothing is said', () => {
    expect(parse({})).toEqual({ ...defaultDiffSettings, mistakes: [] });
  });

  it.each([
    ['apps_Deployment', { group: 'apps', kind: 'Deployment' }],
    ['ConfigMap', { group: '', kind: 'ConfigMap' }],
    [
      'admissionregistration.k8s.io_MutatingWebhookConfiguration',
      { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
    ],
    ['all', { group: '*', kind: '*' }],
  ])('reads the split key of %s', (end, kind) => {
    const { ignoreDifferences, mistakes } = parse({
      [`resource.customizations.ignoreDifferences.${end}`]:
        'jsonPointers: [/spec/a]\njqPathExpressions: [".a[]"]\nmanagedFieldsManagers:\n- m\n',
    });
    expect(mistakes).toEqual([]);
    expect(ignoreDifferences).toEqual([
      { ...kind, jsonPointers: ['/spec/a'], jqPathExpressions: ['.a[]'], managedFieldsManagers: ['m'] },
    ]);
  });

  it('reads the combined map with its globs; a split key wins over it', () => {
    const { ignoreDifferences, knownTypeFields } = parse({
      'resource.customizations': [
        '"*.example.com/*":',
        '  ignoreDifferences: |',
        '    jsonPointers: [/a]',
        '  knownTypeFields:',
        '  - {field: spec.cpu, type: core/Quantity}',
        'apps/Deployment:',
        '  ignoreDifferences: "jsonPointers: [/old]"',
      ].join('\n'),
      'resource.customizations.ignoreDifferences.apps_Deployment': 'jsonPointers: [/new]',
      'resource.customizations.knownTypeFields.x.io_Y': '- {field: wait, type: meta/v1/Duration}',
    });
    expect(ignoreDifferences).toEqual([
      { ...none, group: '*.example.com', kind: '*', jsonPointers: ['/a'] },
      { ...none, group: 'apps', kind: 'Deployment', jsonPointers: ['/new'] },
    ]);
    expect(knownTypeFields).toEqual({
      '*.example.com/*': [{ field: 'spec.cpu', type: 'core/Quantity' }],
      'x.io/Y': [{ field: 'wait', type: 'meta/v1/Duration' }],
    });
  });

  it.each([
    ['crd', 'crd'],
    ['none', 'none'],
    ['off', 'none'],
    ['false', 'none'],
    ['"false"', 'none'],
    ['all', 'all'],
    ['""', 'all'],
  ])('reads ignoreResourceStatusField: %s', (text, expected) => {
    const settings = parse({
      'resource.compareoptions': `ignoreAggregatedRoles: true\nignoreResourceStatusField: ${text}`,
    });
    expect(settings).toMatchObject({ ignoreAggregatedRoles: true, ignoreResourceStatusField: expected });
  });

  it('names what it cannot read, and reads the rest', () => {
    const { mistakes, ignoreDifferences } = parse({
      'resource.customizations': '- a list',
      'resource.compareoptions': 'ignoreResourceStatusField: maybe',
      'resource.customizations.ignoreDifferences.a_b_C': 'jsonPointers: [/a]',
      'resource.customizations.ignoreDifferences.apps_Deployment': 'just text',
      'resource.customizations.knownTypeFields.x.io_Y': '- {field: wait}',
      'resource.customizations.ignoreDifferences.ConfigMap': 'jsonPointers: [/data]',
    });
    expect(mistakes.map((mistake) => mistake.split(':')[0]).sort()).toEqual([
      'resource.compareoptions',
      'resource.customizations',
      'resource.customizations.ignoreDifferences.a_b_C',
      'resource.customizations.ignoreDifferences.apps_Deployment',
      'resource.customizations.knownTypeFields.x.io_Y',
    ]);
    expect(ignoreDifferences).toHaveLength(1);
  });
});
