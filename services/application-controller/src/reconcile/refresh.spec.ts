import { describe, expect, it } from 'vitest';
import type { Application, ApplicationStatus } from '@tiphys/model';
import { levels, refreshOf, type RefreshInput } from './refresh.ts';

const source = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };
const destination = { server: 'https://kubernetes.default.svc', namespace: 'web' };
const now = Date.parse('2026-01-01T00:10:00Z');
const compared: ApplicationStatus = {
  reconciledAt: '2026-01-01T00:09:00Z',
  sync: { status: 'Synced', comparedTo: { source, destination } },
};

const app = (over: Partial<Application> = {}): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd' },
  spec: { project: 'default', source, destination },
  status: compared,
  ...over,
});

const refresh = (over: Partial<RefreshInput> = {}) =>
  refreshOf({
    app: app(),
    pending: undefined,
    hasDesired: true,
    hasFailed: false,
    now,
    resyncMs: 120_000,
    isHardDue: false,
    ...over,
  });

describe('refreshOf', () => {
  it('leaves alone what nobody asked for and what is fresh', () => expect(refresh()).toBeUndefined());

  const annotated = (how: string) =>
    app({ metadata: { name: 'web', annotations: { 'argocd.argoproj.io/refresh': how } } });
  const moved = { ...app(), spec: { ...app().spec, source: { ...source, path: 'other' } } };
  const elsewhere = { ...app(), spec: { ...app().spec, destination: { ...destination, namespace: 'x' } } };

  it.each<[string, Partial<RefreshInput>, number, boolean]>([
    ['a normal refresh', { app: annotated('normal') }, levels.latest, false],
    ['a hard refresh', { app: annotated('hard') }, levels.latest, true],
    ['time for a hard refresh', { isHardDue: true }, levels.latest, true],
    ['a first look', { app: app({ status: {} }) }, levels.latest, false],
    ['another source', { app: moved }, levels.latest, false],
    ['another destination', { app: elsewhere }, levels.manifests, false],
    ['an old look', { now: now + 120_000 }, levels.manifests, false],
    ['a live change', { pending: levels.live }, levels.live, false],
    ['a change in the tree', { pending: levels.tree }, levels.tree, false],
    ['a live change after a restart', { pending: levels.live, hasDesired: false }, levels.manifests, false],
    ['new settings', { pending: levels.manifests }, levels.manifests, false],
    ['an old look that failed', { now: now + 120_000, hasFailed: true }, levels.latest, false],
    ['new settings after a failure', { pending: levels.manifests, hasFailed: true }, levels.latest, false],
  ])('looks after %s', (_name, input, level, isHard) =>
    expect(refresh(input)).toMatchObject({ level, isHard }),
  );

  it.each<[string, Partial<RefreshInput>, boolean | undefined]>([
    ['new settings', { pending: levels.manifests }, true],
    ['a live change', { pending: levels.live }, true],
    ['an old look', { now: now + 120_000 }, false],
    ['a normal refresh', { app: annotated('normal') }, undefined],
  ])('knows whether %s is a mere precaution', (_name, input, is) =>
    expect(refresh(input)?.isPrecaution).toBe(is),
  );

  it('does not poll where polling is off', () =>
    expect(refresh({ now: now + 9_999_999, resyncMs: 0 })).toBeUndefined());

  it('sees the same source whatever the order of its keys', () => {
    const shuffled = { targetRevision: 'main', path: 'app', repoURL: 'https://git/x' };
    expect(refresh({ app: { ...app(), spec: { ...app().spec, source: shuffled } } })).toBeUndefined();
  });
});
