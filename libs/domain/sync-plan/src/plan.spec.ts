import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, type KubeObject } from '@tiphys/model';
import { planHooks, planSync, type PlanOptions, type SyncPair } from './index.ts';

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
    expect(tasks[0]?.action).toMatchObject({ type: 'skip-prune', message: 'ignored (requires pruning)' });
    const guarded = planSync(
      [pair({ kind: 'ConfigMap', name: 'a', in: 'cluster', options: 'Prune=false' })],
      { prune: true },
    );
    expect(guarded[0]?.action).toMatchObject({ type: 'skip-prune', message: 'ignored (no prune)' });
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

  it.each<[string, readonly string[], string | undefined, string]>([
    ['the Application forbids', ['Prune=false'], undefined, 'skip-prune'],
    ['the object allows what the Application forbids', ['Prune=false'], 'Prune=true', 'prune'],
    ['the object forbids', [], 'Prune=false', 'skip-prune'],
  ])('prunes as options say: %s', (_name, syncOptions, options, type) => {
    const extra = pair({ kind: 'ConfigMap', name: 'a', in: 'cluster', ...(options && { options }) });
    expect(planSync([extra], { prune: true, syncOptions })[0]?.action.type).toBe(type);
  });

  it('marks the prunes that a person has to approve of', () => {
    const extra = pair({ kind: 'ConfigMap', name: 'a', in: 'cluster', options: 'Prune=confirm' });
    expect(planSync([extra], { prune: true })[0]?.action).toMatchObject({ needsConfirmation: true });
  });

  it('prunes last what asks for it, after all that is applied', () => {
    const all: readonly Sketch[] = [
      { kind: 'ConfigMap', name: 'kept', wave: 3, in: 'both' },
      { kind: 'ConfigMap', name: 'late', wave: -1, in: 'cluster', options: 'PruneLast=true' },
      { kind: 'ConfigMap', name: 'early', wave: 0, in: 'cluster' },
    ];
    const waves = (syncOptions: readonly string[]) =>
      planSync(all.map(pair), { prune: true, syncOptions }).map(({ ref, wave }) => `${ref.name}@${wave}`);
    expect(waves([])).toEqual(['early@-1', 'kept@3', 'late@4']);
    expect(waves(['PruneLast=true'])).toEqual(['kept@3', 'early@4', 'late@4']);
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

  /** What an operation may ask for besides pruning. */
  const requests: fc.Arbitrary<Omit<PlanOptions, 'prune' | 'hooks'>> = fc.record(
    {
      skipsHooks: fc.boolean(),
      resources: fc.array(
        fc.record({
          kind: fc.constantFrom('ConfigMap', 'Service'),
          name: fc.constantFrom('a', 'b', 'c'),
          exclude: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
      syncOptions: fc.subarray(['PruneLast=true', 'Prune=confirm', 'Prune=true']),
    },
    { requiredKeys: [] },
  );

  const hookOf = ({ kind, name }: Sketch): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'web', annotations: { 'argocd.argoproj.io/hook': 'PreSync,SyncFail' } },
  });

  it('never prunes the object of a hook that git holds, whatever the operation asks for', () => {
    fc.assert(
      fc.property(sketches, sketches, requests, (all, asHooks, request) => {
        const pairs = distinct(all).map(pair);
        const naming = { revision: 'r', startedAt: 0 };
        const hooks = planHooks(distinct(asHooks).map(hookOf), naming, (object) => object);
        const tasks = planSync(pairs, { ...request, prune: true, hooks });
        const held = new Set([
          ...hooks.map(({ key }) => key),
          ...pairs.filter(({ target }) => target !== undefined).map(({ key }) => key),
        ]);
        expect(tasks.filter(({ key, action }) => action.type !== 'apply' && held.has(key))).toEqual([]);
        expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
        expect(planSync(pairs, { ...request, prune: true, hooks })).toEqual(tasks);
      }),
      { numRuns: 500 },
    );
  });
});
