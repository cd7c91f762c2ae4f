import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { ApplyStage, ownersOf } from '../../testing/apply-stage.ts';
import { applyObject } from './apply-object.ts';

let stage: ApplyStage;

beforeAll(async () => {
  stage = await ApplyStage.open(await sharedKubeEnv(), 'apply-server');
});
afterAll(() => stage.close());

const SSA = { syncOptions: ['ServerSideApply=true'] };

describe('server-side apply', () => {
  it('applies as argocd-controller, without an annotation, and takes away what it applied before', async () => {
    expect(await stage.apply(stage.configMap('plain', { a: '1', b: '1' }), SSA)).toBe(
      'configmap/plain serverside-applied',
    );
    await stage.apply(stage.configMap('plain', { a: '2' }), SSA);
    const live = await stage.live(stage.configMap('plain', {}));
    expect(live?.['data']).toEqual({ a: '2' });
    expect(live?.metadata.annotations).toBeUndefined();
    expect(ownersOf(live)).toEqual({ 'argocd-controller Apply': ['f:a'] });
  });

  it('takes fields over that others own, and leaves them those that it does not want', async () => {
    const one = stage.configMap('taken', { a: '1' });
    await stage.kube.apply(stage.configMap('taken', { a: 'theirs', b: 'theirs' }) as never);
    await stage.apply(one, SSA);
    const live = await stage.live(one);
    expect(live?.['data']).toEqual({ a: '1', b: 'theirs' });
    expect(ownersOf(live)).toEqual({ 'argocd-controller Apply': ['f:a'], 'test Apply': ['f:b'] });
  });

  it('lets an object have its own say', async () => {
    const on = stage.configMap('on', { a: '1' }, { [annotations.syncOptions]: 'ServerSideApply=true' });
    const off = stage.configMap('off', { a: '1' }, { [annotations.syncOptions]: 'ServerSideApply=false' });
    expect([await stage.apply(on), await stage.apply(off, SSA)]).toEqual([
      'configmap/on serverside-applied',
      'configmap/off created',
    ]);
  });

  it('inherits from its own client-side apply: what git drops goes, and the annotation too', async () => {
    const one = stage.configMap('moved', { a: '1', b: '1' });
    await stage.apply(one);
    await stage.apply(stage.configMap('moved', { a: '2' }), SSA);
    const live = await stage.live(one);
    expect(live?.['data']).toEqual({ a: '2' });
    expect(live?.metadata.annotations).toBeUndefined();
    expect(ownersOf(live)).toEqual({ 'argocd-controller Apply': ['f:a'] });
  });

  it.each<[string, readonly string[], Record<string, string>, string, unknown]>([
    ['of kubectl by default', [], {}, 'kubectl-client-side-apply', { a: '2' }],
    [
      'of nobody else where it is off',
      ['ClientSideApplyMigration=false'],
      {},
      'kubectl-client-side-apply',
      { a: '2', b: '1' },
    ],
    [
      'of whom an annotation names',
      [],
      { [annotations.migrationManager]: 'old-tool' },
      'old-tool',
      { a: '2' },
    ],
    ['and of no third', [], {}, 'old-tool', { a: '2', b: '1' }],
  ])('inherits the fields %s', async (what, syncOptions, marks, manager, data) => {
    const name = what.replaceAll(' ', '-');
    const before = withLastApplied(stage.configMap(name, { a: '1', b: '1' }));
    const path = stage.pathOf(before).replace(/\/[^/]*$/u, '');
    await stage.kube.request('POST', `${path}?fieldManager=${manager}`, before);
    await stage.apply(stage.configMap(name, { a: '2' }, marks), {
      syncOptions: [...SSA.syncOptions, ...syncOptions],
    });
    expect((await stage.live(before))?.['data']).toEqual(data);
  });

  it('moves the fields of the newest version where the view was behind', async () => {
    const one = stage.configMap('raced', { a: '1', b: '1' });
    await stage.apply(one);
    const behind = await stage.live(one);
    await stage.edit(one, { data: { theirs: 'x' } });
    await applyObject(
      {
        ref: { group: '', kind: 'ConfigMap', namespace: stage.namespace, name: 'raced' },
        target: stage.configMap('raced', { a: '2' }),
        live: behind,
      },
      { gateway: stage.gateway, dryRun: false, ...SSA },
    );
    expect((await stage.live(one))?.['data']).toEqual({ a: '2', theirs: 'x' });
  });

  it('asks the API server once where there is nothing to move', async () => {
    const one = stage.configMap('once', { a: '1' });
    await stage.apply(one, SSA);
    const version = (await stage.live(one))?.metadata.resourceVersion;
    await stage.apply(one, SSA);
    expect((await stage.live(one))?.metadata.resourceVersion).toBe(version);
  });
});
