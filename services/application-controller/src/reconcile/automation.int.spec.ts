import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncWindow } from '@tiphys/model';
import { configMap, GitStage } from '../testing/git-stage.ts';

let stage: GitStage;

beforeAll(async () => {
  stage = await GitStage.open();
}, 180_000);

afterAll(() => stage.close());

const isOutOfSync = (name: string) =>
  stage.until(name, 'was OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');

describe('sync windows', { concurrent: true, timeout: 120_000 }, () => {
  const always: SyncWindow = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] };

  /** Denies until so many seconds from now. */
  function denyFor(seconds: number): SyncWindow {
    const now = Date.now();
    const start = new Date(now - (now % 60_000) - 60_000);
    return {
      ...always,
      schedule: `${start.getUTCMinutes()} ${start.getUTCHours()} * * *`,
      duration: `${Math.ceil((now - start.getTime()) / 1_000) + seconds}s`,
    };
  }

  it('keep automated syncs back until the moment they close', async () => {
    const window = denyFor(12);
    await stage.project('closing', { syncWindows: [window] });
    await stage.application('closing', {
      project: 'closing',
      isAuto: true,
      files: { 'a.yaml': configMap('closing', '1') },
    });
    const blocked = await isOutOfSync('closing');
    expect(blocked.status?.conditions ?? []).toEqual([]);
    expect(blocked.operation).toBeUndefined();
    const { status } = await stage.synced('closing');
    const opened = new Date(Date.parse(status?.operationState?.startedAt ?? ''));
    expect(opened.getTime()).toBeGreaterThanOrEqual(Date.parse(blocked.status?.reconciledAt ?? ''));
    expect(await stage.data('closing')).toEqual({ v: '1' });
  });

  it('keep a sync by hand waiting, and let it go on when the project is changed', async () => {
    await stage.project('waiting', { syncWindows: [always] });
    await stage.application('waiting', {
      project: 'waiting',
      files: { 'a.yaml': configMap('waiting', '1') },
    });
    await isOutOfSync('waiting');
    await stage.sync('waiting');
    const { status } = await stage.until(
      'waiting',
      'was blocked',
      (app) => app.status?.operationState?.message !== undefined,
    );
    expect(status?.operationState).toMatchObject({
      phase: 'Running',
      message: 'Sync operation blocked by sync window',
    });
    expect(await stage.data('waiting')).toBeUndefined();
    await stage.project('waiting', { syncWindows: [{ ...always, manualSync: true }] });
    await stage.synced('waiting');
  });

  it('that cannot be read keep syncs back, and the Application says so', async () => {
    await stage.project('bad', { syncWindows: [{ ...always, kind: 'allow', schedule: '@hourly' }] });
    await stage.application('bad', {
      project: 'bad',
      isAuto: true,
      files: { 'a.yaml': configMap('bad', '1') },
    });
    const { status } = await stage.until('bad', 'told', (app) => app.status?.conditions !== undefined);
    expect(status?.conditions).toMatchObject([
      { type: 'SyncError', message: "invalid sync windows: a schedule has 5 fields, '@hourly' has 1" },
    ]);
    await stage.project('bad', { syncWindows: [{ ...always, kind: 'allow' }] });
    const app = await stage.synced('bad');
    expect(app.status?.conditions).toBeUndefined();
  });
});

describe('paths that manifests are made from', { timeout: 120_000 }, () => {
  const paths = { 'argocd.argoproj.io/manifest-generate-paths': '.;/base' };
  const files = { 'web/a.yaml': configMap('paths', '1'), 'base/x.txt': '1', 'docs/x.md': '1' };

  it('let the status follow commits elsewhere without a sync, and sync those that touch them', async () => {
    await stage.git.createRepo('paths', files);
    const source = { repoURL: stage.git.url('paths'), path: 'web', targetRevision: 'main' };
    await stage.application('paths', {
      source,
      annotations: paths,
      syncPolicy: { automated: {} },
    });
    const first = await stage.synced('paths');
    // Drift that nobody heals: a commit elsewhere is no reason to sync it away.
    await stage.editData('paths', { v: 'edited' });
    await isOutOfSync('paths');
    await stage.editData('paths', { v: '1' });
    await stage.synced('paths');

    const docs = await stage.git.commit('paths', { 'docs/x.md': '2' }, 'docs');
    await stage.refresh('paths');
    const moved = await stage.synced('paths', docs);
    expect(moved.status?.operationState).toEqual(first.status?.operationState);

    await stage.editData('paths', { v: 'edited' });
    await isOutOfSync('paths');
    await stage.refresh('paths');
    await stage.until(
      'paths',
      'was refreshed',
      ({ metadata }) => metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
    );
    expect((await stage.app('paths')).status?.operationState).toEqual(first.status?.operationState);

    const web = await stage.git.commit('paths', { 'web/a.yaml': configMap('paths', '2') }, 'web');
    await stage.refresh('paths');
    await stage.synced('paths', web);
    expect(await stage.data('paths')).toEqual({ v: '2' });
  });
});

describe('an Application that names its paths', { timeout: 120_000 }, () => {
  const annotations = { 'argocd.argoproj.io/manifest-generate-paths': '.' };
  const namespaceOf = (name: string) => ({ namespace: `${stage.target.name}-${name}` });

  it('is rendered anew without a commit where its destination or the settings change', async () => {
    const other = namespaceOf('moved');
    await stage.kube.request('POST', '/api/v1/namespaces', { metadata: { name: other.namespace } });
    const files = { 'a.yaml': configMap('moving', '1') };
    await stage.application('moving', { annotations, files, syncPolicy: { automated: { prune: true } } });
    await stage.synced('moving');
    await stage.patch('moving', { spec: { destination: other } });
    await stage.until('moving', 'was compared with its new destination', ({ status }) =>
      (status?.resources ?? []).some(({ namespace }) => namespace === other.namespace),
    );
    await stage.settings({ 'application.resourceTrackingMethod': 'label' });
    try {
      await stage.refresh('moving');
      await stage.until('moving', 'lacks its new mark', ({ status }) => status?.sync?.status === 'OutOfSync');
    } finally {
      await stage.settings({});
      await stage.kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: other.namespace });
    }
  });
});

describe('a retry', { timeout: 120_000 }, () => {
  it('takes the latest revision where its policy asks for it', async () => {
    const bad =
      'apiVersion: v1\nkind: Service\nmetadata: { name: retry }\nspec: { ports: [{ port: 99999 }] }\n';
    await stage.application('retry', {
      files: { 'a.yaml': bad },
      syncPolicy: {
        automated: {},
        retry: { limit: 5, refresh: true, backoff: { duration: '1s', factor: 1 } },
      },
    });
    await stage.until(
      'retry',
      'failed once',
      ({ status }) => status?.operationState?.message?.includes('Retrying attempt #1 at ') === true,
    );
    const sha = await stage.git.commit('retry', { 'a.yaml': configMap('retry', '1') }, 'fix');
    const { status } = await stage.until(
      'retry',
      'succeeded',
      (app) => app.status?.operationState?.phase === 'Succeeded',
    );
    expect(status?.operationState?.syncResult?.revision).toBe(sha);
    expect(status?.operationState?.retryCount).toBeGreaterThan(0);
  });
});

describe('the time between looks', { timeout: 120_000 }, () => {
  it('follows argocd-cm at once', async () => {
    await stage.application('timed', { isAuto: true, files: { 'a.yaml': configMap('timed', '1') } });
    await stage.synced('timed');
    const sha = await stage.git.commit('timed', { 'a.yaml': configMap('timed', '2') }, 'two');
    await stage.settings({ 'timeout.hard.reconciliation': '1s' });
    await stage.synced('timed', sha);
    await stage.settings({});
  });
});
