import { describe, expect, it } from 'vitest';
import type { ApplicationSource, SourceType } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import { renderRequest } from '../testing/running.ts';
import { settingsContent } from './tool-content.ts';

const source: ApplicationSource = { repoURL: 'r', helm: { values: 'a: 1' }, kustomize: { namePrefix: 'p' } };
const base = renderRequest('r');

const changes = (
  type: SourceType,
  rest: Partial<RenderRequest>,
  changed: ApplicationSource = source,
): boolean =>
  JSON.stringify(settingsContent(type, source, base)) !==
  JSON.stringify(settingsContent(type, changed, { ...base, ...rest }));

describe('what a render depends on beside files', () => {
  it.each<[SourceType, Partial<RenderRequest>, boolean]>([
    ['Helm', { appName: 'other' }, true],
    ['Helm', { kubeVersion: '1.0.0' }, true],
    ['Helm', { apiVersions: ['x/v1'] }, true],
    ['Helm', { destinationNamespace: 'other' }, true],
    ['Helm', { project: 'other' }, false],
    ['Kustomize', { appName: 'other' }, false],
    ['Kustomize', { kubeVersion: '1.0.0' }, false],
    ['Kustomize', { options: { kustomizeBuildOptions: '--load-restrictor x' } }, true],
    ['Directory', { appName: 'other' }, false],
    ['Directory', { destinationNamespace: 'other' }, false],
  ])('%s and %j: %s', (type, rest, expected) => {
    expect(changes(type, rest)).toBe(expected);
  });

  it('a release that has a name hides the name of the Application', () => {
    const named: ApplicationSource = { ...source, helm: { releaseName: 'web' } };
    expect(settingsContent('Helm', named, base)).toEqual(
      settingsContent('Helm', named, { ...base, appName: 'other' }),
    );
  });

  it('a kustomization sees the cluster once it may inflate charts', () => {
    const options = { kustomizeBuildOptions: '--enable-helm' };
    expect(settingsContent('Kustomize', source, { ...base, options })).not.toEqual(
      settingsContent('Kustomize', source, { ...base, options, kubeVersion: '1.0.0' }),
    );
  });
});
