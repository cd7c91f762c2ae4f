import { describe, expect, it } from 'vitest';
import type { Application, ApplicationSource, ApplicationStatus } from '@tiphys/model';
import { blockerOf, cycleText, readinessOf, waitingText } from './index.ts';

const source: ApplicationSource = { repoURL: 'https://git/x', path: 'db', targetRevision: 'main' };
const destination = {};
const good: ApplicationStatus = {
  sync: { status: 'Synced', revision: 'r1', comparedTo: { source, destination } },
  health: { status: 'Healthy' },
};
const app = (status: ApplicationStatus = good, over: Partial<Application> = {}): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'db', namespace: 'argocd' },
  spec: { project: 'default', destination, source },
  status,
  ...over,
});
const running = { phase: 'Running', startedAt: '', operation: {} } as const;

describe('blockerOf', () => {
  it.each<[string, Application | undefined, string | undefined]>([
    ['a ready one', app(), undefined],
    ['an absent one', undefined, 'does not exist'],
    ['one that was never looked at', app({}), 'is Unknown'],
    ['a drifted one', app({ ...good, sync: { status: 'OutOfSync' } }), 'is OutOfSync'],
    ['one under way', app({ ...good, health: { status: 'Progressing' } }), 'is Progressing'],
    ['one with a request', app(good, { operation: {} }), 'is syncing'],
    ['one that syncs', app({ ...good, operationState: running }), 'is syncing'],
    ['one that synced', app({ ...good, operationState: { ...running, phase: 'Succeeded' } }), undefined],
    [
      'one that goes',
      app(good, { metadata: { name: 'db', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      'is being deleted',
    ],
    [
      'one with a new spec',
      app(good, { spec: { project: 'default', destination, source: { ...source, targetRevision: 'v2' } } }),
      'was not compared since its spec changed',
    ],
  ])('%s', (_name, dependency, reason) =>
    expect(blockerOf('argocd/db', dependency, undefined)?.reason).toBe(reason),
  );

  const follower = (over: Partial<ApplicationSource>, revision: string) => ({
    sources: [{ ...source, path: 'web', ...over }],
    revisions: [revision],
  });
  it.each<[string, Partial<ApplicationSource>, string, boolean]>([
    ['the same branch at the same commit', {}, 'r1', true],
    ['the same branch at another commit', {}, 'r2', false],
    ['another branch', { targetRevision: 'v1' }, 'r2', true],
    ['another repository', { repoURL: 'https://git/y' }, 'r2', true],
  ])('for one that follows %s', (_name, over, revision, isReady) => {
    const blocker = blockerOf('argocd/db', app(), follower(over, revision));
    expect(blocker === undefined).toBe(isReady);
    if (!isReady) expect(blocker?.isBehind).toBe(true);
  });
});

it('tells news of readiness and of revisions only', () => {
  const { sync } = good;
  expect(readinessOf(app({ ...good, reconciledAt: '2026-01-01T00:00:00Z' }))).toBe(readinessOf(app()));
  expect(readinessOf(app({ ...good, sync: { ...sync, status: 'Synced', revision: 'r2' } }))).not.toBe(
    readinessOf(app()),
  );
  expect(readinessOf(undefined)).not.toBe(readinessOf(app({})));
});

it('says what is waited for', () => {
  const blockers = [
    { key: 'argocd/db', reason: 'is OutOfSync', isBehind: false },
    { key: 'team/cache', reason: 'does not exist', isBehind: false },
  ];
  expect(waitingText(blockers)).toBe(
    'waiting for dependencies: argocd/db is OutOfSync; team/cache does not exist',
  );
  expect(cycleText(['a/x', 'a/y', 'a/x'])).toBe('dependency cycle: a/x -> a/y -> a/x');
});
