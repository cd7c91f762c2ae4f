import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { dryRun } from '../chart/dry-run.ts';
import { parseObjects } from '../chart/helm.ts';
import { crdDirs, repoRoot } from '../paths.ts';
import type { Definition } from './definition.ts';

const plurals = ['applications', 'applicationsets', 'appprojects'] as const;

let kube: KubeEnv;
beforeAll(async () => {
  kube = await startKubeEnv({ controllerManager: false, scheduler: false, kwok: false });
  for (const plural of plurals) await kube.applyAll([await definition(plural)]);
});
afterAll(() => kube.stop());

async function definition(plural: string): Promise<Definition> {
  return load(await readFile(resolve(crdDirs[0], `${plural}.yaml`), 'utf8')) as Definition;
}

interface Condition {
  type: string;
  status: string;
  message?: string;
}

const path = (plural: string, name = ''): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/default/${plural}${name === '' ? '' : `/${name}`}`;

const application = (spec: Record<string, unknown>, name = 'guestbook'): Record<string, unknown> => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name },
  spec,
});

const validSpec = {
  project: 'default',
  source: { repoURL: 'https://example.com/repo.git', path: 'guestbook', targetRevision: 'HEAD' },
  destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
};

describe('the CRDs on a real API server', () => {
  it.each(plurals)('%s is established, structural and accepted as named', async (plural) => {
    const { status } = await kube.request<{ status: { conditions: Condition[] } }>(
      'GET',
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.argoproj.io`,
    );
    const state = Object.fromEntries(status.conditions.map((one) => [one.type, one.status]));
    expect(state).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
    expect(status.conditions.find(({ type }) => type === 'NonStructuralSchema')).toBeUndefined();
  });

  it('serve the short names and the status subresource of ApplicationSet alone', async () => {
    const { resources } = await kube.request<{ resources: { name: string; shortNames?: string[] }[] }>(
      'GET',
      '/apis/argoproj.io/v1alpha1',
    );
    expect(Object.fromEntries(resources.map(({ name, shortNames }) => [name, shortNames]))).toEqual({
      applications: ['app', 'apps'],
      applicationsets: ['appset', 'appsets'],
      'applicationsets/status': undefined,
      appprojects: ['appproj', 'appprojs'],
    });
  });

  it('take an Application, keep free-form Helm values, and show its columns', async () => {
    const source = { ...validSpec.source, helm: { valuesObject: { any: { depth: [1, 'two'] } } } };
    await kube.request('POST', path('applications'), application({ ...validSpec, source }));
    const found = await kube.request<{ spec: unknown }>('GET', path('applications', 'guestbook'));
    expect(found.spec).toEqual({ ...validSpec, source });
    const { items } = await kube.request<{ items: unknown[] }>('GET', path('applications'));
    expect(items).toHaveLength(1);
  });

  it.each([
    ['no destination', { project: 'default', source: validSpec.source }, 'destination'],
    ['no project', { ...validSpec, project: undefined }, 'project'],
    ['a number where text belongs', { ...validSpec, source: { ...validSpec.source, path: 7 } }, 'path'],
    [
      'a revision limit that is no integer',
      { ...validSpec, revisionHistoryLimit: 'many' },
      'revisionHistoryLimit',
    ],
  ])('refuse an Application with %s', async (_, spec, field) => {
    const answer = await kube.send<{ message: string }>({
      method: 'POST',
      path: path('applications'),
      body: application(spec, 'refused'),
    });
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain(field);
  });

  it('take counts as integer or text where the field is either', async () => {
    for (const [name, count] of [
      ['number', 3],
      ['percent', '25%'],
    ] as const) {
      const kustomize = { replicas: [{ name: 'web', count }] };
      const spec = { ...validSpec, source: { ...validSpec.source, kustomize } };
      await kube.request('POST', path('applications'), application(spec, name));
    }
  });

  it('write the status of an Application through the object itself', async () => {
    const status = { sync: { status: 'Synced', comparedTo: validSpec } };
    const patched = await kube.request<{ status: { sync: { status: string } } }>(
      'PATCH',
      path('applications', 'guestbook'),
      { status },
      'application/merge-patch+json',
    );
    expect(patched.status.sync.status).toBe('Synced');
  });

  it('take every sample, with no field that they do not know', async () => {
    await kube.request('POST', '/api/v1/namespaces', { metadata: { name: 'argocd' } });
    const samples = resolve(repoRoot, 'k8s/samples');
    const files = await readdir(samples);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files)
      for (const object of parseObjects(await readFile(resolve(samples, file), 'utf8')))
        await dryRun(kube, object);
  });
});
