import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, endOfOperation, givenTiphys, readyBalancer, sourceOf } from '@tiphys/testing/given';
import { balancer } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({
    values: { config: { params: { 'application.namespaces': 'team-*' } } },
    env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m' },
  });
  await tiphys.kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } } as never);
  await tiphys.project('teams', {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    sourceNamespaces: ['team-a'],
  });
});

afterAll(() => tiphys.close());

const dependsOn = (...names: readonly string[]) => ({
  auto: true,
  annotations: { 'tiphys.dev/depends-on': names.join(', ') },
});

/** It says what it waits for, in a condition, and nothing was begun. */
async function waitsFor(name: string, reason: RegExp): Promise<void> {
  const app = await tiphys.hasCondition(name, 'SyncError', reason);
  expect([app.operation, app.status?.operationState]).toEqual([undefined, undefined]);
}

const startedAt = (app: Application): number => Date.parse(app.status?.operationState?.startedAt ?? '');

describe('an Application that depends on others', () => {
  it('Given they are not ready, When it is automated, Then it says what for it waits, and follows once they are', async () => {
    await tiphys.application('web', {
      ...dependsOn('db', 'cache'),
      source: await sourceOf(tiphys, 'web'),
    });
    await waitsFor(
      'web',
      /^waiting for dependencies: argocd\/db does not exist; argocd\/cache does not exist$/u,
    );
    await tiphys.deployed('cache', { source: await sourceOf(tiphys, 'cache') });
    const source = await sourceOf(tiphys, 'db', { 'all.yaml': balancer('db') });
    await tiphys.application('db', { source });
    await waitsFor('web', /^waiting for dependencies: argocd\/db is OutOfSync$/u);
    await tiphys.sync('db');
    await waitsFor('web', /^waiting for dependencies: argocd\/db is Progressing$/u);
    expect(await tiphys.data('web')).toBeUndefined();
    await readyBalancer(tiphys, 'db');
    const web = await tiphys.becomesSynced('web');
    expect(web.status?.conditions).toBeUndefined();
  });

  it('Given they are not ready, When somebody syncs it, Then the operation waits, tells for what, and goes on', async () => {
    const source = await sourceOf(tiphys, 'slow', { 'all.yaml': balancer('slow') });
    await tiphys.application('slow', { auto: true, source });
    await tiphys.eventually(
      'slow',
      'is Progressing',
      ({ status }) => status?.health?.status === 'Progressing',
    );
    const { annotations } = dependsOn('slow');
    await tiphys.application('asked', { annotations, source: await sourceOf(tiphys, 'asked') });
    await tiphys.eventually('asked', 'was compared', ({ status }) => status?.sync?.status === 'OutOfSync');
    await tiphys.sync('asked');
    const waiting = await tiphys.eventually(
      'asked',
      'waits',
      ({ status }) =>
        status?.operationState?.message === 'waiting for dependencies: argocd/slow is Progressing',
    );
    expect(waiting.status?.operationState?.phase).toBe('Running');
    expect(await tiphys.data('asked')).toBeUndefined();
    await readyBalancer(tiphys, 'slow');
    const ended = await endOfOperation(tiphys, 'asked');
    expect(ended.status?.operationState?.phase).toBe('Succeeded');
    expect(await tiphys.data('asked')).toEqual({ v: '1' });
  });

  it('Given one branch for both, When a commit changes both, Then the dependency comes first', async () => {
    const files = (value: string) => ({
      'base/all.yaml': `${configMap('base', value)}---\n${value === '1' ? '' : balancer('base')}`,
      'top/all.yaml': configMap('top', value),
    });
    const source = await sourceOf(tiphys, 'mono', files('1'));
    await tiphys.deployed('base', { source: { ...source, path: 'base' } });
    await tiphys.deployed('top', { ...dependsOn('base'), source: { ...source, path: 'top' } });
    const revision = await tiphys.git.commit('mono', files('2'), 'both');
    // Only the one that waits hears of it.
    await tiphys.refresh('top');
    await tiphys.hasCondition('top', 'SyncError', /^waiting for dependencies: argocd\/base /u);
    await tiphys.becomesLive('base', { v: '2' });
    await tiphys.hasCondition('top', 'SyncError', /argocd\/base is Progressing$/u);
    expect(await tiphys.data('top')).toEqual({ v: '1' });
    await readyBalancer(tiphys, 'base');
    await tiphys.becomesLive('top', { v: '2' });
    const [base, top] = [await tiphys.becomesSynced('base'), await tiphys.becomesSynced('top')];
    expect([base, top].map(({ status }) => status?.sync?.revision)).toEqual([revision, revision]);
    expect(startedAt(top)).toBeGreaterThanOrEqual(startedAt(base));
  });

  it('Given one in another namespace, When that is ready, Then the Application follows', async () => {
    await tiphys.application('across', {
      ...dependsOn('team-a/far'),
      source: await sourceOf(tiphys, 'across'),
    });
    await waitsFor('across', /^waiting for dependencies: team-a\/far does not exist$/u);
    await tiphys.deployed('team-a/far', { project: 'teams', source: await sourceOf(tiphys, 'far') });
    await tiphys.becomesSynced('across');
  });

  it('Given it runs already, When a dependency gets worse, Then it stays as it is', async () => {
    const source = await sourceOf(tiphys, 'under', { 'all.yaml': configMap('under', '1') });
    await tiphys.deployed('under', { source });
    await tiphys.deployed('over', { ...dependsOn('under'), source: await sourceOf(tiphys, 'over') });
    await tiphys.git.commit('under', { 'all.yaml': balancer('under') }, 'worse');
    await tiphys.refresh('under');
    await tiphys.eventually(
      'under',
      'is Progressing',
      ({ status }) => status?.health?.status === 'Progressing',
    );
    const app = await tiphys.app('over');
    expect([app?.status?.sync?.status, app?.status?.conditions]).toEqual(['Synced', undefined]);
    expect(await tiphys.data('over')).toEqual({ v: '1' });
  });
});

describe('a cycle', () => {
  it('Given Applications that wait for each other, Then each says so, and the rest goes on once it is cut', async () => {
    const ring = ['one', 'two', 'three'];
    for (const [index, name] of ring.entries()) {
      const next = ring[(index + 1) % ring.length] ?? '';
      await tiphys.application(name, { ...dependsOn(next), source: await sourceOf(tiphys, name) });
    }
    await waitsFor('one', /^dependency cycle: argocd\/one -> argocd\/two -> argocd\/three -> argocd\/one$/u);
    await waitsFor('two', /^dependency cycle: argocd\/two -> argocd\/three -> argocd\/one -> argocd\/two$/u);
    await tiphys.deployed('aside', { source: await sourceOf(tiphys, 'aside') });
    await tiphys.patch('three', { metadata: { annotations: { 'tiphys.dev/depends-on': null } } });
    for (const name of ring) {
      const app = await tiphys.becomesSynced(name);
      expect(app.status?.conditions).toBeUndefined();
    }
  });
});
