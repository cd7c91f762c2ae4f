import { describe, expect, it } from 'vitest';
import { TiphysError, type Application, type AppProject, type ApplicationSpec } from '@tiphys/model';
import type { ClusterConfig } from '@tiphys/ports';
import { validateSpec } from './validate-spec.ts';

const open: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default' },
  spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
};
const narrow: AppProject = {
  ...open,
  metadata: { name: 'narrow' },
  spec: {
    sourceRepos: ['https://other/*'],
    destinations: [{ server: '*', namespace: 'x' }],
    sourceNamespaces: ['team-*'],
  },
};
const config: ClusterConfig = {
  server: 'https://a',
  name: 'a',
  namespaces: [],
  clusterResources: false,
  project: '',
  labels: {},
  annotations: {},
  credentials: {},
};

function judge(spec: Partial<ApplicationSpec>, namespace = 'argocd'): readonly string[] {
  const app: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git/x', path: 'app' },
      destination: { server: 'https://a', namespace: 'web' },
      ...spec,
    },
  };
  const verdict = validateSpec(app, {
    namespace: 'argocd',
    projectOf: (name) => ({ default: open, narrow })[name],
    resolve: (destination) => {
      if (destination.server !== 'https://a') throw new TiphysError('invalid', 'no such cluster');
      return { server: 'https://a', name: 'a', namespace: destination.namespace ?? '', config };
    },
  });
  return verdict.type === 'valid' ? [] : verdict.messages;
}

describe('validateSpec', () => {
  it('takes a spec that fits', () => expect(judge({})).toEqual([]));

  const noSource = 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
  it.each<[string, Partial<ApplicationSpec>, string[]]>([
    [
      'an unknown project',
      { project: 'nosuch' },
      ['Application referencing project nosuch which does not exist'],
    ],
    ['no source', { source: { repoURL: '' } }, [noSource]],
    ['neither path nor chart', { source: { repoURL: 'https://git/x' } }, [noSource]],
    [
      'a chart without a version',
      { source: { repoURL: 'https://charts', chart: 'web' } },
      ['spec.source.targetRevision is required if the manifest source is a helm chart'],
    ],
    ['an unknown cluster', { destination: { server: 'https://b' } }, ['no such cluster']],
    [
      'what the project forbids, all of it',
      { project: 'narrow' },
      [
        "application repo https://git/x is not permitted in project 'narrow'",
        "application destination server 'https://a' and namespace 'web' do not match any of the allowed destinations in project 'narrow'",
      ],
    ],
  ])('refuses %s', (_name, spec, messages) => expect(judge(spec)).toEqual(messages));

  it('takes Applications of other namespaces only into projects that list them', () => {
    expect(judge({}, 'team-a')).toEqual([
      "application 'web' in namespace 'team-a' is not permitted to use project 'default'",
    ]);
    const spec = { project: 'narrow', source: { repoURL: 'https://other/x', path: '.' } };
    expect(judge({ ...spec, destination: { server: 'https://a', namespace: 'x' } }, 'team-a')).toEqual([]);
  });

  it('takes an OCI artifact without a path and a source that only lends files', () => {
    expect(judge({ source: { repoURL: 'oci://registry/x' } })).toEqual([]);
    expect(
      judge({
        sources: [
          { repoURL: 'https://git/x', ref: 'values' },
          { repoURL: 'https://git/x', path: 'app' },
        ],
      }),
    ).toEqual([]);
  });
});
