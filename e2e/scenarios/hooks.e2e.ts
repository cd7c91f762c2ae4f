import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, type ResourceResult } from '@tiphys/model';
import {
  auditLog,
  endOf,
  endOfOperation,
  givenTiphys,
  syncToEnd,
  type AuditLog,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { jobOf, mapOf, yaml, type Fate, type Marks } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let audit: AuditLog;

beforeAll(async () => {
  audit = await auditLog();
  tiphys = await givenTiphys({ kube: { auditLogPath: audit.path }, env: { ARGOCD_SYNC_WAVE_DELAY: '0' } });
});

afterAll(async () => {
  await tiphys.close();
  await audit.remove();
});

const hook = (name: string, type: string, more: Marks & { readonly fate?: Fate } = {}): object => {
  const { fate, ...marks } = more;
  return jobOf({ name, ...(fate === undefined ? {} : { fate }), marks: { hook: type, ...marks } });
};

async function given(name: string, ...objects: readonly object[]): Promise<string> {
  const repoURL = await tiphys.repository(name, { 'all.yaml': yaml(...objects) });
  await tiphys.application(name, { source: { repoURL, path: '.', targetRevision: 'main' } });
  await tiphys.eventually(name, 'was compared', ({ status }) => status?.sync?.status === 'OutOfSync');
  return repoURL;
}

const ended = (name: string): Promise<Application> => endOfOperation(tiphys, name, 60_000);

const waits = (name: string, message: string): Promise<Application> =>
  tiphys.eventually(name, message, ({ status }) => status?.operationState?.message === message);

const resultsOf = ({ status }: Application): readonly string[] =>
  (status?.operationState?.syncResult?.resources ?? []).map(
    ({ name, syncPhase, hookPhase }: ResourceResult) => `${syncPhase ?? ''} ${name} ${hookPhase ?? ''}`,
  );

const job = (name: string) => tiphys.live('batch/v1', 'Job', name);
const uidOf = async (name: string): Promise<string | undefined> => (await job(name))?.metadata.uid;
const isGone = (name: string): Promise<unknown> =>
  poll(async () => (await job(name)) === undefined, { what: `job ${name} is gone`, timeoutMs: 30_000 });
const isThere = (name: string): Promise<unknown> =>
  poll(async () => (await job(name)) !== undefined, { what: `job ${name} is there`, timeoutMs: 30_000 });

/** What was created for an Application, in order. */
const createdOf = async (app: string): Promise<readonly string[]> =>
  (await audit.ofController(tiphys.target, ['create'])).filter((line) => line.includes(`/${app}-`));

describe('hooks of a sync', () => {
  it('Given hooks of every moment, When it is synced, Then they run before, with and after it, in waves', async () => {
    await given(
      'moments',
      mapOf('moments-own'),
      hook('moments-before-2', 'PreSync', { 'sync-wave': '2' }),
      hook('moments-before-1', 'PreSync', { 'sync-wave': '1' }),
      hook('moments-with', 'Sync', { 'sync-wave': '1' }),
      hook('moments-after', 'PostSync'),
      hook('moments-failure', 'SyncFail'),
      hook('moments-never', 'Skip'),
      hook('moments-unknown', 'Sometimes'),
    );
    const app = await syncToEnd(tiphys, 'moments');
    expect(endOf(app)).toEqual({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' });
    expect(await createdOf('moments')).toEqual([
      'create jobs/moments-before-1',
      'create jobs/moments-before-2',
      'create configmaps/moments-own',
      'create jobs/moments-with',
      'create jobs/moments-after',
    ]);
    expect(resultsOf(app)).toEqual([
      'PreSync moments-before-1 Succeeded',
      'PreSync moments-before-2 Succeeded',
      'Sync moments-own Succeeded',
      'Sync moments-with Succeeded',
      'PostSync moments-after Succeeded',
    ]);
    const { status } = await tiphys.becomesSynced('moments');
    expect(status?.resources?.find(({ name }) => name === 'moments-after')).toMatchObject({ hook: true });
  });

  it('Given delete policies, When it is synced twice, Then hooks go or are made anew as these say', async () => {
    await given(
      'policies',
      mapOf('policies-own'),
      hook('policies-anew', 'PreSync'),
      hook('policies-good', 'PreSync', { 'hook-delete-policy': 'HookSucceeded' }),
      hook('policies-bad', 'PreSync', { 'hook-delete-policy': 'HookFailed,BeforeHookCreation' }),
    );
    expect(endOf(await syncToEnd(tiphys, 'policies'))).toMatchObject({ phase: 'Succeeded' });
    await isGone('policies-good');
    const before = [await uidOf('policies-anew'), await uidOf('policies-bad')];
    expect(before.every((uid) => uid !== undefined)).toBe(true);
    expect(endOf(await syncToEnd(tiphys, 'policies'))).toMatchObject({ phase: 'Succeeded' });
    const after = [await uidOf('policies-anew'), await uidOf('policies-bad')];
    expect(after.some((uid) => uid === undefined || before.includes(uid))).toBe(false);
    const created = await createdOf('policies');
    for (const name of ['anew', 'good', 'bad'])
      expect(created.filter((line) => line.endsWith(`/policies-${name}`))).toHaveLength(2);
  });

  it('Given a hook that only has a prefix, When it is synced twice, Then there is one object for each sync', async () => {
    await given(
      'prefixed',
      mapOf('prefixed-own'),
      jobOf({ generateName: 'prefixed-', marks: { hook: 'PreSync' } }),
    );
    const names: string[] = [];
    for (const value of ['1', '2']) {
      await tiphys.git.commit('prefixed', { 'note.txt': value }, value);
      const app = await syncToEnd(tiphys, 'prefixed');
      expect(endOf(app)).toMatchObject({ phase: 'Succeeded' });
      const { operationState } = app.status ?? {};
      const revision = operationState?.syncResult?.revision ?? '';
      const started = Date.parse(operationState?.startedAt ?? '') / 1_000;
      names.push(`prefixed-${revision.slice(0, 7)}-presync-${started}`);
    }
    expect((await createdOf('prefixed')).filter((line) => line.startsWith('create jobs/'))).toEqual(
      names.map((name) => `create jobs/${name}`),
    );
  });

  it('Given hooks of Helm, When it is synced, Then they run as the hooks that they stand for', async () => {
    const helm = (name: string, type: string, marks: Marks = {}): string =>
      yaml(jobOf({ name, marks: { 'helm.sh/hook': type, ...marks } }));
    const repoURL = await tiphys.repository('charted', {
      'Chart.yaml': 'apiVersion: v2\nname: charted\nversion: 1.0.0\n',
      'templates/own.yaml': yaml(mapOf('charted-own')),
      'templates/install.yaml': helm('charted-install', 'pre-install', { 'helm.sh/hook-weight': '5' }),
      'templates/upgrade.yaml': helm('charted-upgrade', 'pre-upgrade,pre-install', {
        'helm.sh/hook-weight': '-5',
      }),
      'templates/after.yaml': helm('charted-after', 'post-install', {
        'helm.sh/hook-delete-policy': 'hook-succeeded',
      }),
      'templates/test.yaml': helm('charted-test', 'test'),
      'templates/rollback.yaml': helm('charted-rollback', 'pre-rollback'),
    });
    await tiphys.application('charted', { source: { repoURL, path: '.', targetRevision: 'main' } });
    await tiphys.eventually('charted', 'was compared', ({ status }) => status?.sync?.status === 'OutOfSync');
    expect(endOf(await syncToEnd(tiphys, 'charted'))).toMatchObject({ phase: 'Succeeded' });
    expect(await createdOf('charted')).toEqual([
      'create jobs/charted-upgrade',
      'create jobs/charted-install',
      'create configmaps/charted-own',
      'create jobs/charted-after',
    ]);
    await isGone('charted-after');
  });
});

describe('a hook that goes wrong', () => {
  it('Given one that fails before the sync, Then nothing is applied, and the hooks of a failure run', async () => {
    await given(
      'fails',
      mapOf('fails-own'),
      hook('fails-before', 'PreSync', { fate: 'fail' }),
      hook('fails-gone', 'PreSync', { fate: 'fail', 'hook-delete-policy': 'HookFailed' }),
      hook('fails-rescue', 'SyncFail'),
      hook('fails-after', 'PostSync'),
    );
    const app = await syncToEnd(tiphys, 'fails');
    expect(endOf(app)).toEqual({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
    });
    expect(await createdOf('fails')).toEqual([
      expect.stringMatching(/jobs\/fails-(before|gone)/),
      expect.stringMatching(/jobs\/fails-(before|gone)/),
      'create jobs/fails-rescue',
    ]);
    expect(await tiphys.data('fails-own')).toBeUndefined();
    await isGone('fails-gone');
    expect(await job('fails-before')).toBeDefined();
    expect(app.status?.history).toBeUndefined();
  });

  it('Given one that fails after the sync, Then the objects stay, healthy, and the sync has failed', async () => {
    await given('late', mapOf('late-own'), hook('late-after', 'PostSync', { fate: 'fail' }));
    expect(endOf(await syncToEnd(tiphys, 'late'))).toMatchObject({ phase: 'Failed' });
    expect(await tiphys.data('late-own')).toEqual({ v: '1' });
    const app = await tiphys.becomesSynced('late');
    expect(app.status?.history).toBeUndefined();
  });

  it('Given an object that is refused, Then the hooks of a failure run, and what they come to is told', async () => {
    const bad = mapOf('Not_A_Name');
    await given('refused', bad, hook('refused-rescue', 'SyncFail', { fate: 'fail' }));
    const { phase, message } = endOf(await syncToEnd(tiphys, 'refused')) as Record<string, string>;
    expect(phase).toBe('Failed');
    expect(message).toMatch(
      /^one or more synchronization tasks completed unsuccessfully, reason: .*Not_A_Name/s,
    );
    expect(message).toMatch(/one or more SyncFail hooks failed/);
  });

  it('Given one that never ends, When the sync is terminated, Then the hook is gone and nothing was applied', async () => {
    await given('endless', mapOf('endless-own'), hook('endless-before', 'PreSync', { fate: 'busy' }));
    await tiphys.sync('endless');
    await waits('endless', 'waiting for completion of hook batch/Job/endless-before');
    await tiphys.rest.call('DELETE', '/api/v1/applications/endless/operation');
    const app = await ended('endless');
    expect(endOf(app)).toEqual({ phase: 'Failed', message: 'Operation terminated' });
    expect(resultsOf(app)).toEqual(['PreSync endless-before Failed']);
    await isGone('endless-before');
    expect(await tiphys.data('endless-own')).toBeUndefined();
  });

  it('Given one that is deleted under way, Then the sync has failed and nothing holds the hook', async () => {
    await given('robbed', mapOf('robbed-own'), hook('robbed-before', 'PreSync', { fate: 'busy' }));
    await tiphys.sync('robbed');
    await isThere('robbed-before');
    await tiphys.kube.remove({
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'robbed-before',
      namespace: tiphys.target,
    });
    const app = await ended('robbed');
    expect(endOf(app)).toMatchObject({ phase: 'Failed' });
    expect(resultsOf(app)).toEqual(['PreSync robbed-before Failed']);
    await isGone('robbed-before');
  });

  it('Given a limit of time for syncs, When a hook never ends, Then the sync is terminated', async () => {
    await given('overdue', mapOf('overdue-own'), hook('overdue-before', 'PreSync', { fate: 'busy' }));
    const limited = async (seconds: string | null): Promise<void> => {
      await tiphys.setting('argocd-cmd-params-cm', { 'controller.sync.timeout.seconds': seconds });
      tiphys.system.runner.kill('argocd-application-controller');
      await tiphys.system.runner.awaitReady({ workload: 'argocd-application-controller' });
    };
    await limited('3');
    try {
      const app = await syncToEnd(tiphys, 'overdue');
      expect(endOf(app)).toEqual({
        phase: 'Failed',
        message: 'Operation terminated, triggered by controller sync timeout',
      });
      await isGone('overdue-before');
    } finally {
      await limited(null);
    }
  });
});
