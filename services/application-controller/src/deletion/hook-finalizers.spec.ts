import { describe, expect, it } from 'vitest';
import type { Application, KubeObject } from '@tiphys/model';
import { finalizersFor } from './hook-finalizers.ts';

const appWith = (...finalizers: readonly string[]): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', finalizers },
  spec: { project: 'default', destination: {} },
});
const hook = (type: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: type.toLowerCase(), annotations: { 'argocd.argoproj.io/hook': type } },
});
const pre = ['pre-delete-finalizer.argocd.argoproj.io', 'pre-delete-finalizer.argocd.argoproj.io/cleanup'];
const post = ['post-delete-finalizer.argocd.argoproj.io', 'post-delete-finalizer.argocd.argoproj.io/cleanup'];

describe('finalizersFor', () => {
  it.each([
    ['no hooks', [], [], undefined],
    ['hooks of syncs', ['own'], ['PreSync'], undefined],
    ['hooks of both stages', ['own'], ['PostDelete', 'PreDelete'], ['own', ...pre, ...post]],
    ['hooks that are known already', [...pre, 'own'], ['PreDelete'], undefined],
    ['hooks that are no more', ['own', ...pre, ...post], ['PostDelete'], ['own', ...post]],
    ['a lost half', [post[0] ?? ''], ['PostDelete'], post],
  ])('for %s', (_name, names, types, expected) =>
    expect(finalizersFor(appWith(...names), types.map(hook))).toEqual(expected),
  );
});
