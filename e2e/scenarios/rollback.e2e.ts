import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, editData, endOfOperation, givenTiphys, sourceOf } from '@tiphys/testing/given';
import { balancer, inWave } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({
    env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m', ARGOCD_SYNC_WAVE_DELAY: '0' },
  });
});

afterAll(() => tiphys.close());

const HOLD = 'tiphys.dev/hold';

/** An automated Application at its second commit; returns both revisions. */
async function twice(name: string, annotations: Readonly<Record<string, string>>): Promise<[string, string]> {
  const source = await sourceOf(tiphys, name);
  const first = await tiphys.deployed(name, { source, annotations });
  const second = await next(name, '2');
  await tiphys.becomesSynced(name);
  return [first.status?.sync?.revision ?? '', second];
}

/** Commits a value, and waits until it is seen where that is meant to be. */
async function next(name: string, value: string): Promise<string> {
  const revision = await tiphys.git.commit(name, { 'all.yaml': configMap(name, value) }, value);
  await tiphys.refresh(name);
  await tiphys.becomesLive(name, { v: value });
  return revision;
}

const rollBack = (name: string) =>
  tiphys.rest.send('POST', `/api/v1/applications/${name}/rollback`, { name, id: 0 });

const holdOf = (app: Application | undefined): Record<string, unknown> | undefined => {
  const text = app?.metadata.annotations?.[HOLD];
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
};

const looked = async (name: string): Promise<Application> => {
  await tiphys.refresh(name, 'hard');
  return tiphys.eventually(
    name,
    'was looked at',
    ({ metadata, operation }) =>
      operation === undefined && metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
  );
};

const holding = { 'tiphys.dev/rollback-hold': 'true' };

/** Rolled back to its first commit, and Synced there. */
async function held(name: string): Promise<[string, string]> {
  const revisions = await twice(name, holding);
  expect((await rollBack(name)).status).toBe(200);
  await tiphys.becomesLive(name, { v: '1' });
  await tiphys.eventually(
    name,
    'is Synced where it is held',
    ({ status, operation }) =>
      operation === undefined && status?.sync?.status === 'Synced' && status.sync.revision === revisions[0],
  );
  return revisions;
}

describe('a rollback under automated sync', () => {
  it('Given nobody asked for holds, When it is rolled back, Then that is refused as ever', async () => {
    await twice('plain', {});
    const answer = await rollBack('plain');
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { message: 'rollback cannot be initiated when auto-sync is enabled' },
    ]);
    expect(await tiphys.data('plain')).toEqual({ v: '2' });
  });

  it('Given holds are asked for, When it is rolled back, Then it stays there, says who and why, and heals there', async () => {
    const [first, second] = await held('held');
    const app = await looked('held');
    expect(holdOf(app)).toMatchObject({
      revision: first,
      from: [second],
      by: 'admin',
      why: 'rolled back to history id 0',
    });
    expect(app.status?.sync).toMatchObject({ status: 'Synced', revision: first });
    expect(await tiphys.data('held')).toEqual({ v: '1' });
    await editData(tiphys, 'held', { v: 'mine' });
    await tiphys.becomesLive('held', { v: '1' });

    const refused = await tiphys.rest.send<{ message: string }>('POST', '/api/v1/applications/held/sync', {
      name: 'held',
    });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringMatching(
        /^cannot sync: held at [0-9a-f]{40} by admin: .*remove the annotation tiphys\.dev\/hold/u,
      ),
    ]);
  });

  it('Given a hold, When a commit comes, Then only one that renders something else ends it', async () => {
    const [first] = await held('ended');
    await tiphys.git.commit('ended', { 'README.md': 'no change' }, 'docs');
    expect((await looked('ended')).status?.sync?.revision).toBe(first);
    expect(await tiphys.data('ended')).toEqual({ v: '1' });
    await tiphys.git.commit('ended', { 'all.yaml': 'kind: ConfigMap\nmetadata: [\n' }, 'broken');
    expect(holdOf(await looked('ended'))).toBeDefined();
    expect(await tiphys.data('ended')).toEqual({ v: '1' });
    const good = await next('ended', '3');
    const app = await tiphys.becomesSynced('ended');
    expect(app.status?.sync?.revision).toBe(good);
    expect(holdOf(app)).toBeUndefined();
  });

  it('Given a hold, When its annotation is removed, Then the Application follows its branch again', async () => {
    const [, second] = await held('released');
    await tiphys.patch('released', { metadata: { annotations: { [HOLD]: null } } });
    await tiphys.becomesLive('released', { v: '2' });
    expect((await tiphys.becomesSynced('released')).status?.sync?.revision).toBe(second);
  });

  it('Given a duration of holds, When it is over, Then the Application follows its branch again', async () => {
    await tiphys.setting('argocd-cm', { 'tiphys.rollback.hold.duration': '8s' });
    await held('timed');
    const app = await tiphys.app('timed');
    const { at = '', until = '' } = holdOf(app) as { at?: string; until?: string };
    expect(Date.parse(until) - Date.parse(at)).toBe(8_000);
    await tiphys.setting('argocd-cm', { 'tiphys.rollback.hold.duration': null });
    await tiphys.becomesLive('timed', { v: '2' });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
    expect(holdOf(await tiphys.becomesSynced('timed'))).toBeUndefined();
  });

  it('Given a hold that cannot be read, Then nothing is synced, and the Application says why', async () => {
    await twice('garbled', {});
    await tiphys.patch('garbled', { metadata: { annotations: { [HOLD]: 'yesterday' } } });
    await tiphys.hasCondition('garbled', 'SyncError', /annotation tiphys\.dev\/hold cannot be read/u);
    await tiphys.git.commit('garbled', { 'all.yaml': configMap('garbled', '3') }, 'three');
    await looked('garbled');
    expect(await tiphys.data('garbled')).toEqual({ v: '2' });
    await tiphys.patch('garbled', { metadata: { annotations: { [HOLD]: null } } });
    await tiphys.becomesLive('garbled', { v: '3' });
  });
});

describe('a sync that is stuck when a newer commit comes', () => {
  const superseding = { 'tiphys.dev/supersede': 'true' };
  const stuck = (name: string) => ({
    'a.yaml': balancer(name),
    'b.yaml': inWave(configMap(name, '1'), 1),
  });
  const busyHook = (name: string): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { rec: 'busy' }, annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/busy:1' }] },
    });

  async function begun(
    name: string,
    waiting: RegExp,
    { files, annotations }: { files: Readonly<Record<string, string>>; annotations: Record<string, string> },
  ): Promise<string> {
    const source = await sourceOf(tiphys, name, files);
    await tiphys.application(name, { auto: true, annotations, source });
    const app = await tiphys.eventually(name, 'waits', ({ status }) =>
      waiting.test(status?.operationState?.message ?? ''),
    );
    return app.status?.operationState?.syncResult?.revision ?? '';
  }

  /** Everything that is in the way is gone from git. */
  const cured = (name: string) =>
    tiphys.git.commit(name, { 'a.yaml': null, 'b.yaml': configMap(name, '2') }, 'cure');

  it.each([
    ['health', /waiting for healthy state/u, (name: string) => stuck(name)],
    [
      'a hook',
      /waiting for completion of hook/u,
      (name: string) => ({ 'a.json': busyHook(name), 'b.yaml': configMap(name, '1') }),
    ],
  ])(
    'Given superseding, When it waits on %s, Then it stops, and the newer commit is synced',
    async (what, waiting, files) => {
      const name = `super-${what.replace('a ', '')}`;
      const old = await begun(name, waiting, { files: files(name), annotations: superseding });
      const revision = await tiphys.git.commit(
        name,
        { 'a.yaml': null, 'a.json': null, 'b.yaml': configMap(name, '2') },
        'cure',
      );
      await tiphys.refresh(name);
      await tiphys.becomesLive(name, { v: '2' });
      const app = await tiphys.becomesSynced(name);
      expect(app.status?.history?.map((entry) => entry.revision)).toEqual([revision]);
      expect(app.status?.operationState?.operation.info).toContainEqual({
        name: 'tiphys.dev/supersedes',
        value: old,
      });
      // Nothing is left of what was in the way.
      expect(await tiphys.live('v1', 'Pod', name)).toBeUndefined();
    },
  );

  it('Given no superseding, When a newer commit comes, Then the sync goes on waiting until it is terminated', async () => {
    await begun('patient', /waiting for healthy state/u, { files: stuck('patient'), annotations: {} });
    const revision = await cured('patient');
    await tiphys.refresh('patient');
    const app = await tiphys.eventually(
      'patient',
      'sees it',
      ({ status }) => status?.sync?.revision === revision,
    );
    expect(app.status?.operationState?.phase).toBe('Running');
    await tiphys.rest.call('DELETE', '/api/v1/applications/patient/operation');
    await tiphys.becomesLive('patient', { v: '2' });
  });

  it('Given superseding, When somebody asked for the sync, Then it is not cut short', async () => {
    const source = await sourceOf(tiphys, 'manual', stuck('manual'));
    await tiphys.application('manual', { annotations: superseding, source });
    await tiphys.eventually('manual', 'was compared', ({ status }) => status?.sync?.status === 'OutOfSync');
    await tiphys.sync('manual');
    await tiphys.eventually('manual', 'waits', ({ status }) =>
      /waiting for healthy state/u.test(status?.operationState?.message ?? ''),
    );
    const revision = await cured('manual');
    await tiphys.refresh('manual');
    const app = await tiphys.eventually(
      'manual',
      'sees it',
      ({ status }) => status?.sync?.revision === revision,
    );
    expect(app.status?.operationState?.phase).toBe('Running');
    await tiphys.rest.call('DELETE', '/api/v1/applications/manual/operation');
    expect((await endOfOperation(tiphys, 'manual')).status?.operationState).toMatchObject({
      phase: 'Failed',
      message: 'Operation terminated',
    });
  });
});
