import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(async () => {
  await tiphys.close();
});

describe('an Application rendered from a directory', () => {
  it('Given a commit, When it is synced by the API, Then its objects run and its history has it', async () => {
    const repoURL = await tiphys.repository('manual', { 'web/all.yaml': configMap('manual', '1') });
    await tiphys.application('manual', { source: { repoURL, path: 'web', targetRevision: 'main' } });
    await tiphys.eventually(
      'manual',
      'is OutOfSync and Missing',
      (app) => app.status?.sync?.status === 'OutOfSync' && app.status.health?.status === 'Missing',
    );
    expect(await tiphys.data('manual')).toBeUndefined();

    await tiphys.sync('manual');
    const app = await tiphys.becomesSynced('manual');
    expect(await tiphys.data('manual')).toEqual({ v: '1' });
    expect(app.status?.operationState).toMatchObject({
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      operation: { initiatedBy: { username: 'admin' } },
    });
    expect(app.status?.history).toHaveLength(1);
  });

  it('Given an automated Application, When commits come, Then they roll out and what they drop is pruned', async () => {
    const repoURL = await tiphys.repository('auto', {
      'all.yaml': configMap('auto-a', '1'),
      'b.yaml': configMap('auto-b', '1'),
    });
    await tiphys.application('auto', { auto: true, source: { repoURL, path: '.', targetRevision: 'main' } });
    await tiphys.becomesSynced('auto');

    const sha = await tiphys.git.commit(
      'auto',
      { 'all.yaml': configMap('auto-a', '2'), 'b.yaml': null },
      'change a, drop b',
    );
    await tiphys.refresh('auto');
    await tiphys.becomesLive('auto-a', { v: '2' });
    await tiphys.becomesLive('auto-b', undefined);
    const app = await tiphys.eventually(
      'auto',
      'is Synced to the commit',
      ({ status }) => status?.sync?.revision === sha && status.sync.status === 'Synced',
    );
    expect(app.status?.operationState?.operation.initiatedBy).toEqual({ automated: true });
  });

  it('Given a synced Application, When somebody changes or deletes an object, Then it is healed', async () => {
    await tiphys.kube.request('DELETE', `/api/v1/namespaces/${tiphys.target}/configmaps/auto-a`);
    await tiphys.becomesLive('auto-a', { v: '2' });
    await tiphys.kube.request(
      'PATCH',
      `/api/v1/namespaces/${tiphys.target}/configmaps/auto-a`,
      { data: { v: 'mine' } },
      'application/merge-patch+json',
    );
    await tiphys.becomesLive('auto-a', { v: '2' });
  });

  it('Given two syncs in the history, When the first is rolled back to, Then its objects are back', async () => {
    await tiphys.git.commit('manual', { 'web/all.yaml': configMap('manual', '2') }, 'two');
    await tiphys.refresh('manual');
    await tiphys.eventually('manual', 'is OutOfSync', (app) => app.status?.sync?.status === 'OutOfSync');
    await tiphys.sync('manual');
    await tiphys.becomesLive('manual', { v: '2' });
    await tiphys.becomesSynced('manual');

    await tiphys.rest.call('POST', '/api/v1/applications/manual/rollback', { name: 'manual', id: 0 });
    await tiphys.becomesLive('manual', { v: '1' });
    const app = await tiphys.eventually(
      'manual',
      'is OutOfSync after the rollback',
      ({ status, operation }) => operation === undefined && status?.sync?.status === 'OutOfSync',
    );
    expect(app.status?.history?.map(({ id }) => id)).toEqual([0, 1, 2]);
  });

  it('Given Applications with and without cascade, When they are deleted, Then objects go or stay', async () => {
    await tiphys.deleteApplication('manual');
    await tiphys.isGone('manual');
    await tiphys.becomesLive('manual', undefined);

    const repoURL = tiphys.git.url('auto');
    await tiphys.deleteApplication('auto');
    await tiphys.isGone('auto');
    await tiphys.application('loose', {
      auto: true,
      cascade: false,
      source: { repoURL, path: '.', targetRevision: 'main' },
    });
    await tiphys.becomesSynced('loose');
    await tiphys.deleteApplication('loose');
    await tiphys.isGone('loose');
    expect(await tiphys.data('auto-a')).toEqual({ v: '2' });
  });
});
