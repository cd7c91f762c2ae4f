import { describe, expect, it } from 'vitest';
import { finalizers, keyOf, refOf, type KubeObject } from '@tiphys/model';
import { deletePoliciesOf, hookTypesOf, isHook, isSkipped, planHooks, planSync } from './index.ts';

const job = (
  annotations: Record<string, string>,
  metadata: Partial<KubeObject['metadata']> = { name: 'job' },
): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { namespace: 'web', ...metadata, annotations },
});
const own = (types: string, rest: Record<string, string> = {}) =>
  job({ 'argocd.argoproj.io/hook': types, ...rest });
const helm = (types: string, rest: Record<string, string> = {}) => job({ 'helm.sh/hook': types, ...rest });

describe('hookTypesOf', () => {
  it.each([
    ['nothing', job({}), [], false],
    ['one type', own('PreSync'), ['PreSync'], true],
    ['several types', own('PreSync, PostSync,PreSync'), ['PreSync', 'PostSync'], true],
    ['an unknown type', own('Sometimes'), [], true],
    ['types of Helm', helm('pre-install,pre-upgrade,post-delete'), ['PreSync', 'PostDelete'], true],
    ['types of Helm that never run', helm('test,pre-rollback'), [], true],
    ['a CRD of Helm 2', helm('crd-install'), [], false],
    ['both', own('Sync', { 'helm.sh/hook': 'pre-install' }), ['Sync'], true],
  ])('reads %s', (_name, object, types, hook) => {
    expect([hookTypesOf(object), isHook(object)]).toEqual([types, hook]);
  });

  it('skips only what is nothing but Skip', () => {
    expect([isSkipped(own('Skip')), isSkipped(own('Skip,Sync')), isSkipped(own('Sync'))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('deletePoliciesOf', () => {
  it.each([
    ['none', own('Sync'), ['BeforeHookCreation']],
    [
      'own ones',
      own('Sync', { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded,HookFailed' }),
      ['HookSucceeded', 'HookFailed'],
    ],
    [
      'unknown ones',
      own('Sync', { 'argocd.argoproj.io/hook-delete-policy': 'Never' }),
      ['BeforeHookCreation'],
    ],
    [
      'those of Helm beside them',
      own('Sync', {
        'argocd.argoproj.io/hook-delete-policy': 'HookFailed',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      }),
      ['HookFailed', 'BeforeHookCreation', 'HookSucceeded'],
    ],
  ])('reads %s', (_name, object, policies) => expect([...deletePoliciesOf(object)]).toEqual(policies));
});

describe('planHooks', () => {
  const naming = { revision: '0123456789abcdef', startedAt: Date.parse('2026-01-01T00:00:00Z') };
  const plan = (...hooks: readonly KubeObject[]) => planHooks(hooks, naming, (object) => object);

  it('makes one task for each moment and none for what is no part of a sync', () => {
    const hooks = plan(own('PreSync,PostSync'), own('PreDelete'), own('Skip'), own('Skip,SyncFail'));
    expect(hooks.map(({ phase }) => phase)).toEqual(['PreSync', 'PostSync', 'SyncFail']);
  });

  it('names what has no name by revision, moment and start, and holds it', () => {
    const [hook] = plan(job({ 'argocd.argoproj.io/hook': 'PreSync' }, { generateName: 'gen-' }));
    expect(hook?.target.metadata).toMatchObject({
      name: 'gen-0123456-presync-1767225600',
      finalizers: [finalizers.hook],
    });
    expect(hook?.target.metadata.generateName).toBeUndefined();
    expect(hook?.key).toBe('batch/Job/web/gen-0123456-presync-1767225600');
  });

  it('orders hooks with all else by phase, wave, kind and name', () => {
    const map: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'web' },
    };
    const pair = { key: keyOf(refOf(map)), ref: refOf(map), version: 'v1', target: map };
    const wave = (name: string, types: string, number: number) =>
      job({ 'argocd.argoproj.io/hook': types, 'argocd.argoproj.io/sync-wave': String(number) }, { name });
    const tasks = planSync([pair], {
      prune: true,
      hooks: plan(wave('b', 'SyncFail,PreSync', 0), wave('a', 'PreSync', 1), wave('c', 'Sync', 0)),
    });
    expect(tasks.map(({ phase, ref, isHook }) => [phase, ref.name, isHook])).toEqual([
      ['PreSync', 'b', true],
      ['PreSync', 'a', true],
      ['Sync', 'm', false],
      ['Sync', 'c', true],
      ['SyncFail', 'b', true],
    ]);
    expect(planSync([pair], { prune: true, hooks: plan(own('Sync')), skipsHooks: true })).toHaveLength(1);
    const resources = [{ kind: 'ConfigMap', name: 'm' }];
    expect(planSync([pair], { prune: true, hooks: plan(own('Sync')), resources })).toHaveLength(1);
  });

  it('never prunes the object of a hook that git holds', () => {
    const live = job({});
    const pair = { key: keyOf(refOf(live)), ref: refOf(live), version: 'v1', live };
    const tasks = planSync([pair], { prune: true, hooks: plan(own('PostSync')), skipsHooks: true });
    expect(tasks).toEqual([]);
  });
});
