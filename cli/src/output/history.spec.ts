import { describe, expect, it } from 'vitest';
import { appOf } from '../testing/apps.ts';
import { formatHistory } from './history.ts';
import { revisionText, shortRevision } from './revision.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

describe('revisions', () => {
  it.each([
    ['main', commit, 'main (0123456)'],
    [commit, commit, commit],
    ['0123456', commit, '0123456'],
    ['1.2.3', '1.2.3', '1.2.3'],
    ['', commit, ' (0123456)'],
    ['main', undefined, 'main'],
  ])('%s that led to %s reads %s', (target, revision, text) => {
    expect(revisionText(target, revision)).toBe(text);
  });

  it('of a digest are cut behind its kind', () => {
    expect(shortRevision(`sha256:${commit}`)).toBe('sha256:0123456');
  });
});

describe('formatHistory', () => {
  it('has a table for each repository', () => {
    const source = (repoURL: string): object => ({ repoURL, targetRevision: 'main' });
    const history = [
      { id: 3, deployedAt: '2026-01-02T03:04:05Z', revision: commit, source: source('one') },
      {
        id: 4,
        deployedAt: '2026-01-02T03:04:05Z',
        revisions: [commit, 'x'],
        sources: [source('one'), source('two')],
      },
    ];
    const app = appOf({ status: { history } });
    const text = formatHistory(app.status?.history ?? []).replace(/\d{4}-\d\d-\d\d [\d:]+ \S+ \S+/g, 'WHEN');
    expect(text.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      ...['SOURCE  one', 'ID  DATE  REVISION', '3  WHEN  main (0123456)', '4  WHEN  main (0123456)', ''],
      ...['SOURCE  two', 'ID  DATE  REVISION', '4  WHEN  main', ''],
    ]);
  });

  it('is empty without deployments', () => {
    expect(formatHistory([])).toBe('');
  });
});
