import { describe, expect, it } from 'vitest';
import { ownAnnotations, type Application } from '@tiphys/model';
import { DependencyIndex } from './dependency-index.ts';

const app = (name: string, dependsOn?: string, isReady = false): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name,
    namespace: 'argocd',
    ...(dependsOn === undefined ? {} : { annotations: { [ownAnnotations.dependsOn]: dependsOn } }),
  },
  spec: { project: 'default', destination: {} },
  status: {
    sync: { status: isReady ? 'Synced' : 'OutOfSync', comparedTo: { destination: {} } },
    health: { status: 'Healthy' },
  },
});
const key = (name: string): string => `argocd/${name}`;

describe('DependencyIndex', () => {
  it('wakes who waits when a dependency comes, becomes ready, or goes', () => {
    const index = new DependencyIndex();
    const take = (before: Application | undefined, after: Application | undefined) => [
      ...index.take(key('db'), before, after),
    ];
    index.take(key('web'), undefined, app('web', 'db'));
    index.take(key('lone'), undefined, app('lone'));
    expect(take(undefined, app('db'))).toEqual([key('web')]);
    expect(take(app('db'), app('db', undefined, true))).toEqual([key('web')]);
    expect(take(app('db', undefined, true), app('db', undefined, true))).toEqual([]);
    expect(take(app('db', undefined, true), undefined)).toEqual([key('web')]);
  });

  it('wakes everybody who may be in a cycle when a dependency is named or dropped', () => {
    const index = new DependencyIndex();
    index.take(key('a'), undefined, app('a', 'b'));
    index.take(key('b'), undefined, app('b', 'c'));
    expect([...index.take(key('c'), undefined, app('c', 'a'))].sort()).toEqual(['a', 'b', 'c'].map(key));
    expect([...index.take(key('c'), app('c', 'a'), app('c'))].sort()).toEqual(['a', 'b', 'c'].map(key));
    expect(index.dependenciesOf(key('c'))).toEqual([]);
    expect([...index.take(key('a'), app('a', 'b'), undefined)]).toEqual([]);
    expect([...index.take(key('b'), app('b', 'c'), app('b', 'c', true))]).toEqual([]);
  });
});
