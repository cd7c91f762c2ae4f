import { describe, expect, it } from 'vitest';
import { appOf } from '../testing/apps.ts';
import { formatAppList } from './app-list.ts';

const cells = (app: ReturnType<typeof appOf>): readonly string[] =>
  formatAppList([app]).split('\n')[1]?.split(/ {2,}/) ?? [];

describe('formatAppList', () => {
  it('shows a plain application', () => {
    expect(cells(appOf())).toEqual([
      ...['argocd/shop', 'https://kubernetes.default.svc', 'shop', 'default', 'Synced', 'Healthy'],
      ...['Manual', '<none>', 'https://git.example.com/shop.git', 'deploy', 'main'],
    ]);
  });

  it.each([
    [{ automated: {} }, 'Auto'],
    [{ automated: { prune: true } }, 'Auto-Prune'],
    [{ automated: { prune: true, enabled: false } }, 'Manual'],
    [null, 'Manual'],
  ])('shows the policy %j as %s', (syncPolicy, text) => {
    expect(cells(appOf({ spec: { syncPolicy } }))[6]).toBe(text);
  });

  it('counts conditions, shows the name of a cluster and the first of several sources', () => {
    const conditions = ['SyncError', 'ComparisonError', 'SyncError'].map((type) => ({ type }));
    const app = appOf({
      spec: { sources: [{ repoURL: 'one' }, { repoURL: 'two' }], destination: { name: 'prod' }, project: '' },
      status: { conditions },
    });
    expect(cells(app)).toEqual(
      expect.arrayContaining(['prod', 'default', 'SyncError(2),ComparisonError', 'one']),
    );
  });
});
