import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, type KubeObject, type ResourceResult } from '@tiphys/model';
import { nextStep, outcomeOfWave, planSync, type SyncPair, type TaskFacts } from './index.ts';

interface Sketch {
  readonly kind: string;
  readonly name: string;
  readonly wave?: number;
  readonly in: 'git' | 'cluster' | 'both';
  readonly options?: string;
}

function pair({ kind, name, wave = 0, in: where, options }: Sketch): SyncPair {
  const ref = { group: '', kind, namespace: 'web', name };
  const object: KubeObject = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace: 'web',
      annotations: {
        'argocd.argoproj.io/sync-wave': String(wave),
        ...(options === undefined ? {} : { 'argocd.argoproj.io/sync-options': options }),
      },
    },
  };
  return {
    key: keyOf(ref),
    ref,
    version: 'v1',
    ...(where === 'cluster' ? {} : { target: object }),
    ...(where === 'git' ? {} : { live: object }),
  };
}

const show = (pairs: readonly Sketch[], prune = true): string[] =>
  planSync(pairs.map(pair), { prune }).map(
    (task) => `${task.action.type} ${task.ref.kind}/${task.ref.name}@${task.wave}`,
  );

describe('planSync', () => {
  it('orders by wave, kind and name', () => {
    expect(
      show([
        { kind: 'Service', name: 'b', in: 'git' },
        { kind: 'ConfigMap', name: 'z', in: 'git' },
        { kind: 'ConfigMap', name: 'a', in: 'both' },
        { kind: 'Widget', name: 'a', in: 'git' },
        { kind: 'Service', name: 'early', wave: -1, in: 'git' },
      ]),
    ).toEqual([
      'apply Service/early@-1',
      'apply ConfigMap/a@0',
      'apply ConfigMap/z@0',
      'apply Service/b@0',
      'apply Widget/a@0',
    ]);
  });

  it('prunes before it applies, kinds and waves in reverse', () => {
    expect(
      show([
        { kind: 'ConfigMap', name: 'new', in: 'git' },
        { kind: 'ConfigMap', name: 'first', wave: 0, in: 'cluster' },
        { kind: 'Service', name: 'second', wave: 0, in: 'cluster' },
        { kind: 'ConfigMap', name: 'last', wave: 5, in: 'cluster' },
      ]),
    ).toEqual([
      'prune ConfigMap/last@0',
      'apply ConfigMap/new@0',
      'prune Service/second@5',
      'prune ConfigMap/first@5',
    ]);
  });

  it('skips what may not be pruned and says why', () => {
    const tasks = planSync([pair({ kind: 'ConfigMap', name: 'a', in: 'cluster' })], { prune: false });
    expect(tasks[0]?.action).toEqual({ type: 'skip-prune', message: 'ignored (requires pruning)' });
    const guarded = planSync(
      [pair({ kind: 'ConfigMap', name: 'a', in: 'cluster', options: 'Prune=false' })],
      { prune: true },
    );
    expect(guarded[0]?.action).toEqual({ type: 'skip-prune', message: 'ignored (no prune)' });
  });

  it('brings a namespace before what lives in it', () => {
    const namespace = pair({ kind: 'Namespace', name: 'web', wave: 3, in: 'git' });
    const tasks = planSync([pair({ kind: 'ConfigMap', name: 'a', in: 'git' }), namespace], { prune: false });
    expect(tasks.map((task) => [task.ref.kind, task.wave])).toEqual([
      ['Namespace', 0],
      ['ConfigMap', 0],
    ]);
  });

  it('takes only selected objects', () => {
    const pairs = ['a', 'b'].map((name) => pair({ kind: 'ConfigMap', name, in: 'git' }));
    const names = (resources: NonNullable<Parameters<typeof planSync>[1]['resources']>) =>
      planSync(pairs, { prune: false, resources }).map((task) => task.ref.name);
    expect(names([{ kind: 'ConfigMap', name: 'b' }])).toEqual(['b']);
    expect(names([{ kind: 'ConfigMap', name: 'b', exclude: true }])).toEqual(['a']);
    expect(names([{ kind: 'ConfigMap', name: 'b', namespace: 'other' }])).toEqual([]);
  });

  const sketches = fc.array(
    fc.record({
      kind: fc.constantFrom('ConfigMap', 'Service', 'Deployment', 'Widget'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      wave: fc.integer({ min: -2, max: 2 }),
      in: fc.constantFrom('git' as const, 'cluster' as const, 'both' as const),
    }),
    { maxLength: 12 },
  );
  const distinct = (all: readonly Sketch[]) => [
    ...new Map(all.map((one) => [`${one.kind}/${one.name}`, one])).values(),
  ];

  it('gives the same plan whatever the order of its input', () => {
    fc.assert(
      fc.property(sketches, fc.boolean(), (all, prune) => {
        const pairs = distinct(all);
        expect(show([...pairs].reverse(), prune)).toEqual(show(pairs, prune));
      }),
    );
  });

  it('never prunes what git holds and names every object once', () => {
    fc.assert(
      fc.property(sketches, (all) => {
        const pairs = distinct(all).map(pair);
        const tasks = planSync(pairs, { prune: true });
        expect(new Set(tasks.map((task) => task.key)).size).toBe(pairs.length);
        for (const task of tasks) {
          const wanted = pairs.find((other) => other.key === task.key)?.target !== undefined;
          expect(task.action.type).toBe(wanted ? 'apply' : 'prune');
        }
      }),
    );
  });
});

describe('nextStep', () => {
  const tasks = planSync(
    [
      pair({ kind: 'ConfigMap', name: 'a', in: 'git' }),
      pair({ kind: 'Service', name: 'b', in: 'git' }),
      pair({ kind: 'Deployment', name: 'c', wave: 1, in: 'git' }),
    ],
    { prune: true },
  );
  const ok: ResourceResult = {
    group: '',
    version: 'v1',
    kind: 'X',
    namespace: '',
    name: 'x',
    status: 'Synced',
  };
  const facts = (byName: Record<string, Partial<TaskFacts>>) => (key: string) => ({
    terminating: false,
    ...byName[key.split('/').at(-1) ?? ''],
  });

  it('runs one wave, a kind at a time', () => {
    const step = nextStep(tasks, facts({}));
    expect(step.type === 'run' && step.groups.map((group) => group.map((task) => task.ref.name))).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it('waits until the wave before is healthy', () => {
    const done = { a: { result: ok }, b: { result: ok, health: 'Progressing' as const } };
    expect(nextStep(tasks, facts(done))).toEqual({
      type: 'wait',
      message: 'waiting for healthy state of /Service/b',
    });
    const step = nextStep(tasks, facts({ a: { result: ok }, b: { result: ok, health: 'Healthy' } }));
    expect(step.type === 'run' && step.wave).toBe(1);
  });

  it('fails where the wave before is degraded or failed', () => {
    expect(
      nextStep(tasks, facts({ a: { result: ok }, b: { result: ok, health: 'Degraded' } })),
    ).toMatchObject({ phase: 'Failed' });
    const failed = { a: { result: { ...ok, status: 'SyncFailed' as const, message: 'no' } } };
    expect(nextStep(tasks, facts(failed))).toEqual({
      type: 'finished',
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully, reason: no',
    });
  });

  it('ends where nothing is left', () => {
    const all = { a: { result: ok }, b: { result: ok }, c: { result: ok, health: 'Progressing' as const } };
    expect(nextStep(tasks, facts(all))).toEqual({
      type: 'finished',
      phase: 'Succeeded',
      message: 'successfully synced (no more tasks)',
    });
  });

  it('succeeds right after the last wave and fails with the reasons of a bad one', () => {
    expect(outcomeOfWave(tasks, 0, [ok])).toBeUndefined();
    expect(outcomeOfWave(tasks, 1, [ok])).toMatchObject({
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
    });
    expect(outcomeOfWave(tasks, 0, [{ ...ok, status: 'SyncFailed', message: 'no' }])).toMatchObject({
      phase: 'Failed',
      message: 'one or more objects failed to apply, reason: no',
    });
  });
});
