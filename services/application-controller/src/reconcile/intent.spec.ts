import { describe, expect, it } from 'vitest';
import type { Application, SyncPolicy } from '@tiphys/model';
import type { DiffTools } from '../compare/diff-cache.ts';
import { AppMemory } from './app-memory.ts';
import { noteIntent } from './intent.ts';
import { levels } from './refresh.ts';

const app = (syncPolicy?: SyncPolicy, hold?: string): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', ...(hold === undefined ? {} : { annotations: { 'tiphys.dev/hold': hold } }) },
  spec: { project: 'default', destination: {}, ...(syncPolicy === undefined ? {} : { syncPolicy }) },
});

describe('noteIntent', () => {
  it.each<[string, Application, Application, number | undefined]>([
    ['the same as before', app({ automated: {} }), app({ automated: {} }), undefined],
    ['an empty policy for none', app(), app({}), undefined],
    ['automation that is switched on', app(), app({ automated: {} }), levels.latest],
    [
      'automation that is no longer paused',
      app({ automated: { enabled: false } }),
      app({ automated: {} }),
      levels.latest,
    ],
    ['prune', app({ automated: {} }), app({ automated: { prune: true } }), levels.live],
    ['options of a manual Application', app(), app({ syncOptions: ['ServerSideApply=true'] }), levels.live],
    ['automation that is switched off', app({ automated: {} }), app(), levels.live],
    ['a hold', app({ automated: {} }), app({ automated: {} }, '{}'), levels.latest],
    ['the end of a hold', app({}, '{}'), app({}), levels.latest],
  ])('asks as deep as needed after %s', (_name, before, after, level) => {
    const memory = new AppMemory({} as DiffTools, 0);
    noteIntent(before, memory);
    memory.take();
    noteIntent(after, memory);
    expect(memory.take()).toBe(level);
    noteIntent(after, memory);
    expect(memory.take()).toBeUndefined();
  });

  it('asks for nothing at the first look', () => {
    const memory = new AppMemory({} as DiffTools, 0);
    noteIntent(app({ automated: {} }), memory);
    expect(memory.take()).toBeUndefined();
  });
});
