import { describe, expect, it } from 'vitest';
import type { Application, ApplicationSource, OperationState } from '@tiphys/model';
import { appendHistory } from './history.ts';

const source: ApplicationSource = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };

const app: Application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd' },
  spec: { project: 'default', destination: {}, source },
};

const finished = (over: Partial<OperationState> = {}): OperationState => ({
  phase: 'Succeeded',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:09:59Z',
  operation: { sync: { revision: 'r1' } },
  syncResult: { revision: 'r1', source },
  ...over,
});

describe('appendHistory', () => {
  const done = finished({ operation: { sync: { revision: 'r1' }, initiatedBy: { username: 'ann' } } });

  it('numbers entries on and keeps the limit', () => {
    let application: Application = { ...app, spec: { ...app.spec, revisionHistoryLimit: 2 } };
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
  ])('does not record %s', (_name, state) => expect(appendHistory(app, state)).toEqual([]));
});
