import type { JsonObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { addFlags, givenFlags, readFlags } from '../../../program/flags.ts';
import { GoStyleCommand } from '../../../program/go-style-command.ts';
import { specFlags } from './flags.ts';
import { applySpecFlags } from './spec.ts';

function specOf(line: string, before: JsonObject = {}): JsonObject {
  const command = new GoStyleCommand();
  addFlags(command, specFlags);
  command.parse(line.split(' '), { from: 'user' });
  return applySpecFlags(before, {
    flags: readFlags(command, specFlags),
    given: givenFlags(command, specFlags),
  });
}

describe('the spec of an application out of flags', () => {
  it.each<[string, JsonObject]>([
    [
      '--repo r --path p --revision main --dest-server s --dest-namespace n --project web',
      {
        source: { repoURL: 'r', path: 'p', targetRevision: 'main' },
        destination: { server: 's', namespace: 'n' },
        project: 'web',
      },
    ],
    [
      '--values a.yaml --values b.yaml --helm-set x=1 --helm-set-string y=2 -p z=a=b --helm-set-file f=path --helm-skip-crds',
      {
        source: {
          helm: {
            valueFiles: ['a.yaml', 'b.yaml'],
            parameters: [
              { name: 'x', value: '1' },
              { name: 'y', value: '2', forceString: true },
              { name: 'z', value: 'a=b' },
            ],
            fileParameters: [{ name: 'f', path: 'path' }],
            skipCrds: true,
          },
        },
      },
    ],
    [
      '--nameprefix a- --kustomize-image i:1 --kustomize-replica web=3 --kustomize-common-label a=b --kustomize-common-label c=d',
      {
        source: {
          kustomize: {
            namePrefix: 'a-',
            images: ['i:1'],
            replicas: [{ name: 'web', count: 3 }],
            commonLabels: { a: 'b', c: 'd' },
          },
        },
      },
    ],
    [
      '--directory-recurse --jsonnet-tla-code n=1 --jsonnet-tla-str t=x',
      {
        source: {
          directory: {
            recurse: true,
            jsonnet: {
              tlas: [
                { name: 't', value: 'x' },
                { name: 'n', value: '1', code: true },
              ],
            },
          },
        },
      },
    ],
    [
      '--sync-policy automated --auto-prune --self-heal=false --sync-option CreateNamespace=true --sync-retry-limit 3',
      {
        syncPolicy: {
          automated: { prune: true, selfHeal: false },
          syncOptions: ['CreateNamespace=true'],
          retry: { limit: 3, backoff: { duration: '5s', factor: 2, maxDuration: '3m0s' } },
        },
      },
    ],
    ['--revision-history-limit 0', { revisionHistoryLimit: 0 }],
    ['--sync-policy none', {}],
  ])('%s', (line, spec) => {
    expect(specOf(line)).toEqual(spec);
  });

  it('is put over what is there already', () => {
    const before = {
      project: 'web',
      source: {
        path: 'old',
        helm: {
          parameters: [
            { name: 'x', value: '1' },
            { name: 'y', value: '1' },
          ],
        },
      },
      syncPolicy: { automated: { prune: true }, syncOptions: ['A=b', 'C=d'] },
    };
    expect(specOf('--path new --helm-set x=2 --sync-policy none --sync-option !A=b', before)).toEqual({
      project: 'web',
      source: {
        path: 'new',
        helm: {
          parameters: [
            { name: 'x', value: '2' },
            { name: 'y', value: '1' },
          ],
        },
      },
      syncPolicy: { syncOptions: ['C=d'] },
    });
    expect(specOf('--revision r', before)).toEqual({
      ...before,
      source: { ...before.source, targetRevision: 'r' },
    });
  });

  it('replaces the override of the same image and shows waits as they are stored', () => {
    const before = { source: { kustomize: { images: ['reg:5000/web:1', 'db=db:2'] } } };
    expect(specOf('--kustomize-image reg:5000/web@sha256:ab --kustomize-image cache:3', before)).toEqual({
      source: { kustomize: { images: ['reg:5000/web@sha256:ab', 'db=db:2', 'cache:3'] } },
    });
    expect(specOf('--sync-retry-limit 1 --sync-retry-backoff-max-duration 1m')).toEqual({
      syncPolicy: { retry: { limit: 1, backoff: { duration: '5s', factor: 2, maxDuration: '1m0s' } } },
    });
    expect(specOf('--sync-policy none', { syncPolicy: { automated: {} } })).toEqual({});
  });

  it.each([
    ['--auto-prune', '--auto-prune needs --sync-policy automated'],
    ['--sync-policy sometimes', '--sync-policy is none or automated'],
    ['--helm-set novalue', '--helm-set must be NAME=VALUE'],
    ['--kustomize-replica web=many', 'needs a whole number'],
  ])('is refused for %s', (line, message) => {
    expect(() => specOf(line)).toThrow(message);
  });
});
