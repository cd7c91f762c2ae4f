import { describe, expect, it } from 'vitest';
import type { ApplicationSource } from '@tiphys/model';
import { mergeSourceOverrides, overrideFiles } from './merge-overrides.ts';
import { substituteSource } from './substitute-source.ts';

const source: ApplicationSource = {
  repoURL: 'https://git.example.com/a.git',
  path: 'web',
  targetRevision: 'main',
  ref: 'values',
  helm: { releaseName: 'web', parameters: [{ name: 'a', value: '1' }], valuesObject: { x: { a: 1, z: 2 } } },
};

describe('mergeSourceOverrides', () => {
  it('merges mappings, replaces lists, removes by null', () => {
    const yaml =
      'helm:\n  releaseName: null\n  parameters:\n  - {name: b, value: "2"}\n  valuesObject: {x: {a: 3}}\n';
    expect(mergeSourceOverrides(source, yaml)).toEqual({
      ...source,
      helm: { parameters: [{ name: 'b', value: '2' }], valuesObject: { x: { a: 3, z: 2 } } },
    });
  });

  it('adds the settings of another tool', () => {
    expect(mergeSourceOverrides(source, 'kustomize: {images: [nginx:2]}').kustomize).toEqual({
      images: ['nginx:2'],
    });
  });

  it('changes nothing but the settings of the tools', () => {
    const yaml =
      'repoURL: https://evil.example.com\npath: /etc\nchart: x\ntargetRevision: y\nref: z\ntagPrefix: t\nname: n';
    expect(mergeSourceOverrides(source, yaml)).toEqual(source);
  });

  it.each(['', '# nothing', '---\n'])('takes an empty file: %j', (yaml) => {
    expect(mergeSourceOverrides(source, yaml)).toEqual(source);
  });

  it.each([
    ['a list', '- 1', /^\.argocd-source\.yaml: the file must hold a mapping/],
    [
      'a wrong type',
      'helm: {parameters: [{name: a, value: 3}]}',
      /^\.argocd-source\.yaml: helm\.parameters\.0\.value: /,
    ],
    ['text that does not parse', 'helm: {', /^cannot read \.argocd-source\.yaml: line /],
  ])('refuses %s', (_name, yaml, message) => {
    expect(() => mergeSourceOverrides(source, yaml)).toThrow(message);
    expect(() => mergeSourceOverrides(source, yaml)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

it('names the override files, the more particular one last', () => {
  expect(overrideFiles('web')).toEqual(['.argocd-source.yaml', '.argocd-source-web.yaml']);
});

describe('substituteSource', () => {
  const env = { N: 'web' };
  it('reaches the fields that take the build environment, and no other', () => {
    expect(
      substituteSource(
        {
          repoURL: '$N',
          path: '$N',
          helm: {
            parameters: [{ name: '$N', value: '$N' }, { name: 'empty' }],
            fileParameters: [{ name: 'f', path: '$N.txt' }],
            valueFiles: ['$N.yaml', '$N/a.yaml', '$values/$N.yaml', '$my-values/a.yaml', '$N-x/a.yaml'],
            values: 'a: $N',
            releaseName: '$N',
          },
          kustomize: {
            images: ['a=$N'],
            commonLabels: { a: '$N' },
            commonAnnotations: { a: '$N' },
            namePrefix: '$N',
          },
          directory: { jsonnet: { tlas: [{ name: 't', value: '$N' }], libs: ['lib/$N'] }, include: '$N' },
          plugin: { env: [{ name: 'X', value: '$N' }] },
        },
        env,
      ),
    ).toEqual({
      repoURL: '$N',
      path: '$N',
      helm: {
        parameters: [{ name: '$N', value: 'web' }, { name: 'empty' }],
        fileParameters: [{ name: 'f', path: 'web.txt' }],
        valueFiles: ['web.yaml', 'web/a.yaml', '$values/web.yaml', '$my-values/a.yaml', 'web-x/a.yaml'],
        values: 'a: $N',
        releaseName: '$N',
      },
      kustomize: {
        images: ['a=web'],
        commonLabels: { a: 'web' },
        commonAnnotations: { a: '$N' },
        namePrefix: '$N',
      },
      directory: { jsonnet: { tlas: [{ name: 't', value: 'web' }], libs: ['lib/web'] }, include: '$N' },
      plugin: { env: [{ name: 'X', value: 'web' }] },
    });
  });

  it('puts it into annotations where asked', () => {
    const kustomize = { commonAnnotations: { a: '$N' }, commonAnnotationsEnvsubst: true };
    expect(substituteSource({ repoURL: 'r', kustomize }, env).kustomize?.commonAnnotations).toEqual({
      a: 'web',
    });
  });
});
