import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { ApplyStage, ownersOf } from '../../testing/apply-stage.ts';
import { applyObject } from './apply-object.ts';

let stage: ApplyStage;

beforeAll(async () => {
  stage = await ApplyStage.open(await sharedKubeEnv(), 'apply-replace');
});
afterAll(() => stage.close());

const REPLACE = { syncOptions: ['Replace=true'] };

describe('replace', () => {
  it('creates what is missing and then puts the desired object in the place of the live one', async () => {
    const one = stage.configMap('plain', { a: '1' });
    expect(await stage.apply(one, REPLACE)).toBe('configmap/plain created');
    await stage.edit(one, { data: { theirs: 'x' }, metadata: { labels: { theirs: 'x' } } });
    const before = await stage.live(one);
    expect(await stage.apply(one, REPLACE)).toBe('configmap/plain replaced');
    const live = await stage.live(one);
    expect(live?.['data']).toEqual({ a: '1' });
    expect(live?.metadata.labels).toBeUndefined();
    expect(live?.metadata.annotations).toBeUndefined();
    expect(live?.metadata.uid).toBe(before?.metadata.uid);
    expect(ownersOf(live)['argocd-controller Update']).toEqual(['f:a']);
  });

  it('wins over server-side apply, and may be asked for by the live object alone', async () => {
    const one = stage.configMap('own', { a: '1' }, { [annotations.syncOptions]: 'Replace=true' });
    await stage.apply(one);
    const both = { syncOptions: ['ServerSideApply=true', 'Replace=true'] };
    expect(await stage.apply(stage.configMap('own', { a: '2' }), both)).toBe('configmap/own replaced');
    await stage.edit(one, { metadata: { annotations: { [annotations.syncOptions]: 'Replace=true' } } });
    expect(await stage.apply(stage.configMap('own', { a: '3' }))).toBe('configmap/own replaced');
  });

  it('replaces the newest version where the view was behind', async () => {
    const one = stage.configMap('raced', { a: '1' });
    await stage.apply(one, REPLACE);
    const behind = await stage.live(one);
    await stage.edit(one, { data: { theirs: 'x' } });
    const ref = { group: '', kind: 'ConfigMap', namespace: stage.namespace, name: 'raced' };
    const options = { gateway: stage.gateway, dryRun: false, ...REPLACE };
    expect(await applyObject({ ref, target: one, live: behind }, options)).toBe('configmap/raced replaced');
    expect(await applyObject({ ref, target: one, live: undefined }, options)).toBe(
      'configmap/raced replaced',
    );
    expect((await stage.live(one))?.['data']).toEqual({ a: '1' });
  });

  it('deletes and makes anew with force', async () => {
    const one = stage.configMap('forced', { a: '1' });
    await stage.apply(one, REPLACE);
    const before = await stage.live(one);
    expect(await stage.apply(one, { ...REPLACE, force: true })).toBe('configmap/forced replaced');
    expect((await stage.live(one))?.metadata.uid).not.toBe(before?.metadata.uid);
  });

  it('updates a namespace in place, even with force, as its end would be that of all in it', async () => {
    const name = `${stage.namespace}-more`;
    const more = (label: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { step: label } },
    });
    expect(await stage.apply(more('1'), { ...REPLACE, force: true })).toBe(`namespace/${name} created`);
    const before = await stage.live(more('1'));
    expect(await stage.apply(more('2'), { ...REPLACE, force: true })).toBe(`Namespace/${name} updated`);
    expect(await stage.live(more('2'))).toMatchObject({
      metadata: { uid: before?.metadata.uid, labels: { step: '2' } },
    });
    await stage.kube.remove({ apiVersion: 'v1', kind: 'Namespace', name });
  });
});
