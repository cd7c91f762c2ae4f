import { describe, expect, it } from 'vitest';
import { ownAnnotations, type Application, type OperationState, type SyncStatus } from '@tiphys/model';
import { endedText, successorOf, supersede, supersededBy, type SupersedeInput } from './index.ts';

const app = (supersedes?: string): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name: 'web',
    ...(supersedes === undefined ? {} : { annotations: { [ownAnnotations.supersede]: supersedes } }),
  },
  spec: { project: 'default', destination: {} },
});
const state = (over: Partial<OperationState> = {}): OperationState => ({
  phase: 'Running',
  startedAt: '2026-01-01T00:00:00Z',
  operation: { initiatedBy: { automated: true }, sync: { revision: 'r1' } },
  syncResult: { revision: 'r1' },
  ...over,
});
const sync: SyncStatus = { status: 'OutOfSync', revision: 'r2' };
const judge = (over: Partial<SupersedeInput>) =>
  supersededBy({ app: app('true'), state: state(), sync, isDefault: false, ...over });
const several = { revisions: ['r1', 's1'] };

describe('supersededBy', () => {
  it.each<[string, Partial<SupersedeInput>, string | undefined]>([
    ['asked for by annotation', {}, 'r2'],
    ['asked for by setting', { app: app(), isDefault: true }, 'r2'],
    ['nobody asks', { app: app() }, undefined],
    ['the annotation refuses', { app: app('false'), isDefault: true }, undefined],
    ['the same revision', { sync: { ...sync, revision: 'r1' } }, undefined],
    ['nothing left to do', { sync: { ...sync, status: 'Synced' } }, undefined],
    ['git cannot be read', { sync: { status: 'Unknown' } }, undefined],
    ['no change of its own', { mayHaveChanged: false }, undefined],
    ['a sync by hand', { state: state({ operation: { initiatedBy: { username: 'ann' } } }) }, undefined],
    ['an end under way', { state: state({ phase: 'Terminating' }) }, undefined],
    [
      'one of several sources moved',
      {
        state: state({ syncResult: { revision: '', ...several } }),
        sync: { ...sync, revisions: ['r1', 's2'] },
      },
      'r1, s2',
    ],
    [
      'no source moved',
      { state: state({ syncResult: { revision: '', ...several } }), sync: { ...sync, ...several } },
      undefined,
    ],
  ])('%s', (_name, over, expected) => expect(judge(over)).toBe(expected));

  it('ends like a terminated operation and tells for what', () => {
    const ending = supersede(state(), 'r2');
    expect(ending).toMatchObject({ phase: 'Terminating', message: 'giving way to revision r2' });
    expect(successorOf(ending)).toBe('r2');
    expect(judge({ state: ending })).toBeUndefined();
    expect(endedText({ ...ending, message: 'Operation terminated' })).toBe(
      'Operation terminated, superseded by revision r2',
    );
    expect(endedText(state({ message: 'x' }))).toBe('x');
  });
});
