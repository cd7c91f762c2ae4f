import { describe, expect, it } from 'vitest';
import type { Application, Operation, OperationState } from '@tiphys/model';
import {
  currentState,
  endState,
  hasOperation,
  isPinned,
  knownResults,
  pinSources,
  sourcesOfOperation,
  syncResultOf,
} from './operation-state.ts';

const now = new Date('2026-01-01T00:00:00.500Z');
const source = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };
const app = (operation?: Operation, operationState?: OperationState): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web' },
  spec: { project: 'default', source, destination: {} },
  ...(operation === undefined ? {} : { operation }),
  ...(operationState === undefined ? {} : { status: { operationState } }),
});
const running: OperationState = {
  operation: { sync: { revision: 'old' } },
  phase: 'Running',
  startedAt: 't',
};

describe('isPinned', () => {
  const sha = 'a'.repeat(40);
  it.each([
    [[sha], true],
    [[`sha256:${'b'.repeat(64)}`, sha], true],
    [[''], false],
    [['main'], false],
    [[sha, '1.2.3'], false],
  ])('%s: %s', (revisions, is) =>
    expect(isPinned({ sources: [source], revisions, isMultiple: false })).toBe(is),
  );
});

describe('the state of an operation', () => {
  it('begins with what was asked for', () => {
    expect(currentState(app({ sync: {} }), now)).toEqual({
      operation: { sync: {} },
      phase: 'Running',
      startedAt: '2026-01-01T00:00:00Z',
    });
  });

  it('goes on where it was, also when the request is gone', () => {
    expect(currentState(app({ sync: {} }, running), now)).toBe(running);
    expect(currentState(app(undefined, running), now)).toBe(running);
    expect(hasOperation(app(undefined, running))).toBe(true);
  });

  it('begins anew after one that ended, and is none without a request', () => {
    const ended: OperationState = { ...running, phase: 'Succeeded' };
    expect(currentState(app({ sync: { revision: 'new' } }, ended), now)?.operation.sync?.revision).toBe(
      'new',
    );
    expect([currentState(app(undefined, ended), now), hasOperation(app(undefined, ended))]).toEqual([
      undefined,
      false,
    ]);
  });

  it('ends with its time, and tells its retries when it failed', () => {
    expect(endState({ ...running, retryCount: 2 }, 'Failed', { message: 'no', now })).toMatchObject({
      phase: 'Failed',
      message: 'no (retried 2 times).',
      finishedAt: '2026-01-01T00:00:00Z',
    });
    expect(endState({ ...running, retryCount: 2 }, 'Succeeded', { message: 'yes', now }).message).toBe('yes');
  });
});

describe('what an operation syncs', () => {
  it('is the spec at the revision that was asked for', () => {
    const from = sourcesOfOperation(app(), { revision: 'abc' }, undefined);
    expect(pinSources(from)).toEqual({ sources: [{ ...source, targetRevision: 'abc' }], revisions: [''] });
  });

  it('is a commit as what its source targets, whose signature may be that of a tag', () => {
    const tagged = { ...source, targetRevision: 'v1' };
    const revision = 'a'.repeat(40);
    const from = sourcesOfOperation(app(), { source: tagged, revision }, undefined);
    expect(pinSources(from)).toEqual({ sources: [tagged], revisions: [revision] });
  });

  it('is what the operation names, for a rollback', () => {
    const old = { ...source, path: 'before' };
    expect(sourcesOfOperation(app(), { source: old, revision: 'abc' }, undefined).sources).toEqual([old]);
  });

  it('stays at the revision that a first run resolved', () => {
    const from = sourcesOfOperation(app(), {}, { revision: 'resolved', source });
    expect(pinSources(from).sources[0]?.targetRevision).toBe('resolved');
    expect(pinSources(sourcesOfOperation(app(), {}, undefined)).sources).toEqual([source]);
  });

  it('pins each of several sources', () => {
    const sources = [source, { ...source, ref: 'values' }];
    const from = sourcesOfOperation(app(), { sources, revisions: ['a', 'b'] }, undefined);
    expect(pinSources(from).sources.map(({ targetRevision }) => targetRevision)).toEqual(['a', 'b']);
    expect(syncResultOf(from, ['a', 'b'], [])).toEqual({
      revision: '',
      source: { repoURL: '' },
      revisions: ['a', 'b'],
      sources,
    });
  });

  it('finds the results of an earlier run by task', () => {
    const result = {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'web',
      name: 'x',
      status: 'Synced' as const,
    };
    expect(
      knownResults({ ...running, syncResult: { revision: 'a', resources: [result] } }).get(
        'Sync:apps/Deployment/web/x',
      ),
    ).toBe(result);
  });
});
