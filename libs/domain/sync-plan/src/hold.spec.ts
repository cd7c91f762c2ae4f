import { describe, expect, it } from 'vitest';
import { ownAnnotations, type Application, type ApplicationSource } from '@tiphys/model';
import { describeHold, holdEndsIn, holdForRollback, holdOf, isRollbackHeld } from './index.ts';

const source: ApplicationSource = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };
const old = { ...source, helm: { values: 'a: 1' } };
const app = (annotations: Readonly<Record<string, string>> = {}): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd', annotations },
  spec: { project: 'default', destination: {}, source },
  status: {
    sync: { status: 'Synced', revision: 'r3' },
    history: [
      { id: 1, revision: 'r1', deployedAt: '', source: old },
      { id: 2, revision: '', deployedAt: '', sources: [old, source], revisions: ['r1', 's1'] },
    ],
  },
});
const held = (hold: object) => holdOf(app({ [ownAnnotations.hold]: JSON.stringify(hold) }));

describe('holdOf', () => {
  it('is none without the annotation', () => expect(holdOf(app())).toEqual({ type: 'none' }));

  it.each<[string, object, object]>([
    ['a revision', { revision: 'r1' }, { sources: [source], revisions: ['r1'] }],
    ['a revision of another source', { revision: 'r1', source: old }, { sources: [old], revisions: ['r1'] }],
    [
      'several',
      { revisions: ['r1', 's1'], sources: [old, source] },
      { sources: [old, source], revisions: ['r1', 's1'] },
    ],
  ])('reads %s', (_name, hold, target) => expect(held(hold)).toMatchObject({ type: 'held', target }));

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '"r1"'],
    ['no revision', '{}'],
    ['an empty revision', '{"revision":""}'],
    ['more revisions than sources', '{"revisions":["r1","s1"]}'],
    ['no time', '{"revision":"r1","until":"tomorrow"}'],
  ])('does not read %s, and says so', (_name, text) => {
    const outcome = holdOf(app({ [ownAnnotations.hold]: text }));
    expect(outcome.type === 'unreadable' && outcome.mistake).toContain(ownAnnotations.hold);
  });
});

describe('holdForRollback', () => {
  const facts = { by: 'ann', at: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' };

  it.each([
    [1, { sources: [old], revisions: ['r1'] }],
    [2, { sources: [old, source], revisions: ['r1', 's1'] }],
  ])('makes what can be read again, of id %i', (id, target) => {
    const outcome = holdOf(app({ [ownAnnotations.hold]: holdForRollback(app(), { id, ...facts }) ?? '' }));
    expect(outcome).toMatchObject({ type: 'held', target, hold: { from: ['r3'], by: 'ann' } });
    if (outcome.type !== 'held') return;
    expect(describeHold(outcome.hold, outcome.target)).toBe(
      `held at ${target.revisions.join(', ')} by ann until 2026-01-02T00:00:00Z: rolled back to history id ${id}`,
    );
    expect(holdEndsIn(outcome.hold, Date.parse('2026-01-01T23:00:00Z'))).toBe(3_600_000);
    expect(holdEndsIn(outcome.hold, Date.parse('2026-01-03T00:00:00Z'))).toBe(0);
  });

  it('makes none of what is not in the history', () =>
    expect(holdForRollback(app(), { id: 9, ...facts })).toBeUndefined());
});

it.each([
  [{}, false, false],
  [{}, true, true],
  [{ [ownAnnotations.rollbackHold]: 'true' }, false, true],
  [{ [ownAnnotations.rollbackHold]: 'false' }, true, false],
])(
  'rollbacks of an Application with %j hold where the setting is %s: %s',
  (annotations, isDefault, expected) => expect(isRollbackHeld(app(annotations), isDefault)).toBe(expected),
);
