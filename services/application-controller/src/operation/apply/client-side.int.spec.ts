import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations, type KubeObject } from '@tiphys/model';
import { lastAppliedAnnotation } from '@tiphys/merge';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { ApplyStage, ownersOf } from '../../testing/apply-stage.ts';
import { applyObject } from './apply-object.ts';

let stage: ApplyStage;

beforeAll(async () => {
  stage = await ApplyStage.open(await sharedKubeEnv(), 'apply-client');
});
afterAll(() => stage.close());

const FORCE = { [annotations.syncOptions]: 'Force=true' };

const job = (name: string, image: string, marks: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: stage.namespace, annotations: marks },
  spec: {
    suspend: true,
    template: {
      metadata: { labels: { job: name } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] },
    },
  },
});

describe('client-side apply', () => {
  it('creates, changes and leaves alone, and records what it applied', async () => {
    const one = stage.configMap('plain', { a: '1', b: '1' });
    const two = stage.configMap('plain', { a: '2' });
    expect(await stage.apply(one)).toBe('configmap/plain created');
    expect(await stage.apply(one)).toBe('configmap/plain unchanged');
    expect(await stage.apply(two)).toBe('configmap/plain configured');
    const live = await stage.live(two);
    expect(live?.['data']).toEqual({ a: '2' });
    expect(live?.metadata.annotations?.[annotations.lastApplied]).toBe(lastAppliedAnnotation(two));
    expect(ownersOf(live)).toEqual({ 'argocd-controller Update': ['f:a'] });
  });

  it('keeps what others set', async () => {
    const one = stage.configMap('shared', { a: '1' });
    await stage.apply(one);
    await stage.edit(one, { data: { theirs: 'x' }, metadata: { labels: { theirs: 'x' } } });
    await stage.apply(stage.configMap('shared', { a: '2' }));
    expect(await stage.live(one)).toMatchObject({
      data: { a: '2', theirs: 'x' },
      metadata: { labels: { theirs: 'x' } },
    });
  });

  it('says that an object was not made by an apply, and makes up for it', async () => {
    const one = stage.configMap('foreign', { a: '1' });
    await stage.kube.apply(one as never);
    expect(await stage.apply(stage.configMap('foreign', { a: '2' }))).toBe(
      'configmap/foreign configured. Warning: resource configmaps/foreign is missing the ' +
        'kubectl.kubernetes.io/last-applied-configuration annotation which is required by  apply.  apply should only ' +
        'be used on resources created declaratively by either  create --save-config or  apply. The missing annotation ' +
        'will be patched automatically.',
    );
    expect(await stage.apply(stage.configMap('foreign', {}))).toBe('configmap/foreign configured');
    expect((await stage.live(one))?.['data']).toBeUndefined();
  });

  it('patches anew where the object came or went behind the view', async () => {
    const one = stage.configMap('behind', { a: '1' });
    const request = { ref: { group: '', kind: 'ConfigMap', namespace: stage.namespace, name: 'behind' } };
    await stage.apply(one);
    const live = await stage.live(one);
    const options = { gateway: stage.gateway, dryRun: false, syncOptions: [] };
    const target = stage.configMap('behind', { a: '2' });
    expect(await applyObject({ ...request, target, live: undefined }, options)).toBe(
      'configmap/behind configured',
    );
    await stage.kube.remove({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'behind',
      namespace: stage.namespace,
    });
    expect(await applyObject({ ...request, target, live }, options)).toBe('configmap/behind created');
    expect((await stage.live(one))?.['data']).toEqual({ a: '2' });
  });

  it('tells of a field that cannot be changed, and makes the object anew with force', async () => {
    await stage.apply(job('fixed', 'example.com/a:1'));
    const before = await stage.live(job('fixed', ''));
    await expect(stage.apply(job('fixed', 'example.com/a:2'))).rejects.toThrow(
      /^Job\.batch "fixed" is invalid: spec\.template.*: .* field is immutable$/u,
    );
    expect((await stage.live(job('fixed', '')))?.metadata.uid).toBe(before?.metadata.uid);

    expect(await stage.apply(job('fixed', 'example.com/a:2', FORCE))).toBe('job.batch/fixed configured');
    expect(await stage.apply(job('fixed', 'example.com/a:3'), { force: true })).toBe(
      'job.batch/fixed configured',
    );
    const after = await stage.live(job('fixed', ''));
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(JSON.stringify(after?.['spec'])).toContain('example.com/a:3');
  });

  it('puts back what it deleted where the new object is refused', async () => {
    const good = job('restored', 'example.com/a:1', FORCE);
    await stage.apply(good);
    const bad = job('restored', 'example.com/a:2', FORCE);
    const broken: KubeObject = { ...bad, spec: { ...(bad['spec'] as object), parallelism: -1 } };
    await expect(stage.apply(broken)).rejects.toThrow(/parallelism/u);
    expect(JSON.stringify((await stage.live(good))?.['spec'])).toContain('example.com/a:1');
  });

  it('refuses what does not fit into the annotation, and names the way out', async () => {
    const large = stage.configMap('large', { a: 'x'.repeat(262_144) });
    await expect(stage.apply(large)).rejects.toThrow(/ServerSideApply=true/u);
    expect(await stage.live(large)).toBeUndefined();
    expect(await stage.apply(large, { syncOptions: ['ServerSideApply=true'] })).toBe(
      'configmap/large serverside-applied',
    );
  });

  it('lets unknown fields pass where validation is off or warns only', async () => {
    const odd: KubeObject = { ...stage.configMap('odd', { a: '1' }), bogus: true };
    expect(await stage.apply(odd)).toBe('configmap/odd created');
    expect(await stage.apply({ ...odd, data: { a: '2' } }, { syncOptions: ['Validate=false'] })).toBe(
      'configmap/odd configured',
    );
  });

  it.each<[string, readonly string[], string, string]>([
    ['client', [], 'created', 'unchanged'],
    ['server', ['ServerSideApply=true'], 'created', 'unchanged'],
    ['replace', ['Replace=true'], 'created', 'replaced'],
  ])('writes nothing in a dry run: %s', async (mode, syncOptions, created, again) => {
    const one = stage.configMap(`dry-${mode}`, { a: '1' });
    const dry = { dryRun: true, syncOptions };
    expect(await stage.apply(one, dry)).toBe(`configmap/dry-${mode} ${created} (dry run)`);
    expect(await stage.live(one)).toBeUndefined();
    await stage.apply(one);
    expect(await stage.apply(one, dry)).toBe(`configmap/dry-${mode} ${again} (dry run)`);
    const changed = stage.configMap(`dry-${mode}`, { a: '2' });
    expect(await stage.apply(changed, dry)).toMatch(/ (?:configured|replaced) \(dry run\)$/u);
    expect((await stage.live(one))?.['data']).toEqual({ a: '1' });
  });
});
