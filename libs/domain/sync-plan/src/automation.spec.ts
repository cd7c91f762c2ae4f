import { describe, expect, it } from 'vitest';
import type {
  Application,
  ApplicationSource,
  OperationState,
  ResourceStatus,
  SyncPolicyAutomated,
} from '@tiphys/model';
import {
  appendHistory,
  decideAutoSync,
  defaultSelfHeal,
  dueIn,
  isoSeconds,
  mayRetry,
  retryWait,
  scheduleRetry,
} from './index.ts';

const source: ApplicationSource = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };
const now = Date.parse('2026-01-01T00:10:00Z');
const drifted: ResourceStatus = { kind: 'ConfigMap', name: 'conf', namespace: 'web', status: 'OutOfSync' };

const app = (automated: SyncPolicyAutomated | undefined, operationState?: OperationState): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd' },
  spec: {
    project: 'default',
    destination: {},
    source,
    ...(automated === undefined ? {} : { syncPolicy: { automated } }),
  },
  ...(operationState === undefined ? {} : { status: { operationState } }),
});

const finished = (over: Partial<OperationState> = {}, attempts?: number): OperationState => ({
  phase: 'Succeeded',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:09:59Z',
  operation: {
    sync: { revision: 'r1', ...(attempts === undefined ? {} : { autoHealAttemptsCount: attempts }) },
  },
  syncResult: { revision: 'r1', source },
  ...over,
});

const decide = (application: Application, resources: ResourceStatus[] = [drifted], revision = 'r1') =>
  decideAutoSync({
    app: application,
    sync: { status: 'OutOfSync', revision },
    resources,
    now,
    settings: defaultSelfHeal,
  });

describe('decideAutoSync', () => {
  it.each([
    ['no automation', app(undefined)],
    ['automation switched off', app({ enabled: false })],
    ['an operation under way', { ...app({}), operation: {} }],
    ['a running operation', app({}, finished({ phase: 'Running' }))],
    ['drift after a good sync without self-heal', app({}, finished())],
  ])('does nothing with %s', (_name, application) =>
    expect(decide(application)).toEqual({ type: 'nothing' }),
  );

  it('starts with the compared revision, the source and five retries', () => {
    expect(decide(app({ prune: true }))).toEqual({
      type: 'start',
      operation: {
        initiatedBy: { automated: true },
        retry: { limit: 5 },
        sync: { revision: 'r1', source, prune: true },
      },
    });
  });

  it('does not try a failed revision again, and says so', () => {
    const failed = app({}, finished({ phase: 'Failed', message: 'no' }));
    expect(decide(failed)).toEqual({ type: 'refuse', message: 'Failed last sync attempt to [r1]: no' });
    expect(decide(failed, [drifted], 'r2').type).toBe('start');
  });

  it('tries a failed revision again once the cause outside git is gone', () => {
    const failed = app({}, finished({ phase: 'Failed', message: 'no' }));
    const sync = { status: 'OutOfSync', revision: 'r1' } as const;
    const input = { app: failed, sync, resources: [drifted], now, settings: defaultSelfHeal };
    expect(decideAutoSync({ ...input, isCauseGone: true })).toMatchObject({
      type: 'start',
      operation: { sync: { revision: 'r1' } },
    });
  });

  it('heals only the drifted objects, and counts', () => {
    expect(decide(app({ selfHeal: true }, finished()))).toMatchObject({
      type: 'start',
      operation: { sync: { autoHealAttemptsCount: 1, resources: [{ kind: 'ConfigMap', name: 'conf' }] } },
    });
  });

  it.each([
    [1, 1_000],
    [2, 5_000],
    [3, 17_000],
    [9, 299_000],
  ])('waits after %i heals', (attempts, afterMs) =>
    expect(decide(app({ selfHeal: true }, finished({}, attempts)))).toEqual({ type: 'wait', afterMs }),
  );

  it('leaves prunes alone without prune and never wipes an Application out', () => {
    const extra: ResourceStatus = { ...drifted, requiresPruning: true };
    expect(decide(app({}), [extra])).toEqual({ type: 'nothing' });
    expect(decide(app({ prune: true }), [extra])).toEqual({
      type: 'refuse',
      message: 'Skipping sync attempt to [r1]: auto-sync will wipe out all resources',
    });
    expect(decide(app({ prune: true, allowEmpty: true }), [extra]).type).toBe('start');
  });
});

describe('retries', () => {
  const parse = (text: string) => Number(text.replace('s', '')) * 1_000;

  it.each([
    [undefined, 0, 5_000],
    [undefined, 1, 10_000],
    [undefined, 20, 180_000],
    [{ backoff: { duration: '1s', factor: 3, maxDuration: '4s' } }, 1, 3_000],
    [{ backoff: { duration: '1s', factor: 3, maxDuration: '4s' } }, 2, 4_000],
    [{ backoff: { duration: '1s', maxDuration: '0' } }, 10, 1_024_000],
  ])('%j, retry %i', (policy, count, ms) => expect(retryWait(policy, count, parse)).toBe(ms));

  it('end at the limit, never at a negative one', () => {
    expect([
      mayRetry(undefined, 0),
      mayRetry({ limit: 2 }, 1),
      mayRetry({ limit: 2 }, 2),
      mayRetry({ limit: -1 }, 99),
    ]).toEqual([false, true, false, true]);
  });

  it('announce the wait of the old count and wait that of the new one', () => {
    const state = scheduleRetry(finished({ phase: 'Running' }), {
      message: 'it broke',
      now: new Date(now),
      parse,
    });
    expect(state).toMatchObject({
      retryCount: 1,
      message: 'it broke. Retrying attempt #1 at 12:10AM.',
      finishedAt: isoSeconds(new Date(now)),
    });
    expect(dueIn(state, now, parse)).toBe(10_000);
    expect(dueIn(state, now + 60_000, parse)).toBe(0);
    expect(dueIn(finished(), now, parse)).toBeUndefined();
  });
});

describe('appendHistory', () => {
  const done = finished({ operation: { sync: { revision: 'r1' }, initiatedBy: { username: 'ann' } } });

  it('numbers entries on and keeps the limit', () => {
    let application: Application = { ...app({}), spec: { ...app({}).spec, revisionHistoryLimit: 2 } };
    for (let i = 0; i < 3; i += 1)
      application = { ...application, status: { history: appendHistory(application, done) } };
    expect(application.status?.history?.map((entry) => entry.id)).toEqual([1, 2]);
    expect(application.status?.history?.[0]).toMatchObject({
      revision: 'r1',
      source,
      initiatedBy: { username: 'ann' },
    });
  });

  it.each([
    ['a failure', finished({ phase: 'Failed' })],
    ['a dry run', finished({ operation: { sync: { dryRun: true } } })],
    ['selected objects', finished({ operation: { sync: { resources: [{ kind: 'X', name: 'y' }] } } })],
  ])('does not record %s', (_name, state) => expect(appendHistory(app({}), state)).toEqual([]));
});
