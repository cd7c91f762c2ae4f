import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, refOf, type HealthCode, type KubeObject, type ResourceResult } from '@tiphys/model';
import {
  isIntended,
  nextStep,
  observedResult,
  outcomeOfWave,
  planHooks,
  planSync,
  type PlannedHook,
  type SyncPair,
  type SyncTask,
  type TaskFacts,
} from './index.ts';

/** One thing in git or in the cluster, and what becomes of it once it is applied. */
interface Sketch {
  readonly name: string;
  readonly wave: number;
  readonly role: 'wanted' | 'extra' | 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';
  readonly fate: 'Healthy' | 'Degraded' | 'refused' | undefined;
  /** A hook of that name is there from a former sync. */
  readonly isOld: boolean;
}

const isHookRole = ({ role }: Sketch): boolean => role !== 'wanted' && role !== 'extra';

const objectOf = ({ name, wave, role }: Sketch): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'web',
    annotations: {
      'argocd.argoproj.io/sync-wave': String(wave),
      ...(role === 'wanted' || role === 'extra' ? {} : { 'argocd.argoproj.io/hook': role }),
    },
  },
});

function planOf(sketches: readonly Sketch[]): readonly SyncTask[] {
  const pairs: SyncPair[] = sketches
    .filter((sketch) => !isHookRole(sketch))
    .map((sketch) => {
      const object = objectOf(sketch);
      const head = { key: keyOf(refOf(object)), ref: refOf(object), version: 'v1' };
      return sketch.role === 'wanted' ? { ...head, target: object } : { ...head, live: object };
    });
  const hooks: readonly PlannedHook[] = planHooks(
    sketches.filter(isHookRole).map(objectOf),
    { revision: 'r', startedAt: 0 },
    (object) => object,
  );
  return planSync(pairs, { prune: true, hooks });
}

/** A cluster in which news comes in any order, and a controller that may die after any step. */
class Sandbox {
  readonly #fates: ReadonlyMap<string, Sketch['fate']>;
  readonly #settled = new Set<string>();
  readonly #live = new Set<string>();
  readonly created: string[] = [];
  recorded = new Map<string, ResourceResult>();
  readonly tasks: readonly SyncTask[];
  end: string | undefined;

  constructor(sketches: readonly Sketch[]) {
    this.tasks = planOf(sketches);
    this.#fates = new Map(sketches.map(({ name, fate }) => [name, fate]));
    for (const sketch of sketches)
      if (sketch.role === 'extra' || (isHookRole(sketch) && sketch.isOld)) this.#live.add(sketch.name);
  }

  get live(): readonly string[] {
    return [...this.#live].sort();
  }

  /** An object comes to what it will be. */
  settle(name: string): void {
    if (this.#live.has(name)) this.#settled.add(name);
  }

  settleAll(): void {
    for (const { ref } of this.tasks) this.settle(ref.name);
  }

  /** One look of a controller that dies when `budget` writes are done. */
  look(budget: number): void {
    let left = budget;
    const results = new Map(this.recorded);
    const factsOf = (task: SyncTask): TaskFacts => this.#factsOf(task, results);
    const persist = (): boolean => {
      left -= 1;
      if (left >= 0) this.recorded = new Map(results);
      return left > 0;
    };
    for (;;) {
      for (const task of this.tasks) {
        const seen = observedResult(task, factsOf(task));
        if (seen !== undefined) results.set(task.id, seen);
      }
      const step = nextStep(this.tasks, factsOf);
      if (step.type !== 'run') return this.#conclude(step, results);
      if (step.replaced.length > 0) {
        left -= 1;
        if (left < 0) return;
        for (const { ref } of step.replaced) this.#remove(ref.name);
        continue;
      }
      const intended = new Set(step.tasks.filter((task) => isIntended(results.get(task.id))));
      for (const task of step.tasks)
        if (task.isHook || task.action.type === 'prune')
          results.set(task.id, this.#resultOf(task, { hookPhase: 'Running' }));
      if (!persist()) return;
      for (const task of step.groups.flat()) {
        left -= 1;
        if (left < 0) return;
        results.set(task.id, this.#do(task, intended.has(task)));
      }
      const outcome = outcomeOfWave(this.tasks, step, factsOf);
      if (outcome !== undefined && outcome.type !== 'run') return this.#conclude(outcome, results);
      if (!persist()) return;
    }
  }

  #remove(name: string): void {
    this.#live.delete(name);
    this.#settled.delete(name);
  }

  #conclude(
    step: { readonly type: string; readonly phase?: string },
    results: Map<string, ResourceResult>,
  ): void {
    this.recorded = results;
    if (step.type === 'finished') this.end = step.phase;
  }

  #do(task: SyncTask, wasIntended: boolean): ResourceResult {
    const { name } = task.ref;
    if (task.action.type !== 'apply') {
      this.#remove(name);
      return this.#resultOf(task, { status: 'Pruned', hookPhase: 'Succeeded' });
    }
    if (this.#fates.get(name) === 'refused')
      return this.#resultOf(task, { status: 'SyncFailed', hookPhase: 'Failed', message: `${name} refused` });
    if (!(task.isHook && wasIntended && this.#live.has(name)) && !(this.#live.has(name) && !task.isHook))
      this.created.push(name);
    this.#live.add(name);
    return this.#resultOf(task, { status: 'Synced', hookPhase: 'Running' });
  }

  #resultOf({ ref, phase }: SyncTask, rest: Partial<ResourceResult>): ResourceResult {
    return { ...ref, version: 'v1', syncPhase: phase, ...rest };
  }

  #factsOf({ id, ref: { name } }: SyncTask, results: ReadonlyMap<string, ResourceResult>): TaskFacts {
    const result = results.get(id);
    const fate = this.#fates.get(name);
    const health: HealthCode =
      this.#settled.has(name) && fate !== 'refused' ? (fate ?? 'Healthy') : 'Progressing';
    return {
      ...(result === undefined ? {} : { result }),
      health: { status: health },
      isLive: this.#live.has(name),
      isTerminating: false,
    };
  }
}

const sketchesArb = fc.uniqueArray(
  fc.record<Sketch>({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    wave: fc.integer({ min: -1, max: 1 }),
    role: fc.constantFrom('wanted', 'wanted', 'extra', 'PreSync', 'Sync', 'PostSync', 'SyncFail'),
    fate: fc.constantFrom('Healthy', 'Healthy', 'Healthy', 'Degraded', 'refused'),
    isOld: fc.boolean(),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);

const news = fc.array(
  fc.oneof(
    fc.record({ settle: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') }),
    fc.record({ look: fc.integer({ min: 1, max: 12 }) }),
  ),
  { maxLength: 60 },
);

/** Plays the news, then lets everything come to rest. */
function play(
  sketches: readonly Sketch[],
  events: readonly ({ settle: string } | { look: number })[],
): Sandbox {
  const sandbox = new Sandbox(sketches);
  for (const event of events) {
    if (sandbox.end !== undefined) break;
    if ('settle' in event) sandbox.settle(event.settle);
    else sandbox.look(event.look);
  }
  for (let i = 0; i < 50 && sandbox.end === undefined; i += 1) {
    sandbox.look(Number.POSITIVE_INFINITY);
    sandbox.settleAll();
  }
  return sandbox;
}

describe('a sync', () => {
  it('comes to an end whatever the order of news and wherever the controller dies', () => {
    fc.assert(
      fc.property(sketchesArb, news, (sketches, events) => {
        const sandbox = play(sketches, events);
        const calm = play(sketches, []);
        expect(sandbox.end).toBe(calm.end);
        if (sandbox.end !== 'Succeeded') return;
        expect([...sandbox.recorded.keys()].sort()).toEqual([...calm.recorded.keys()].sort());
        expect(sandbox.live).toEqual(calm.live);
      }),
      { numRuns: 500 },
    );
  });

  it('creates every hook once', () => {
    fc.assert(
      fc.property(sketchesArb, news, (sketches, events) => {
        const { created, end } = play(sketches, events);
        expect(created).toHaveLength(new Set(created).size);
        if (end !== 'Succeeded') return;
        const hooks = sketches.filter((one) => isHookRole(one) && one.role !== 'SyncFail');
        expect(created).toEqual(expect.arrayContaining(hooks.map(({ name }) => name)));
      }),
      { numRuns: 500 },
    );
  });

  it('is planned twice the same, and prunes nothing that is wanted', () => {
    fc.assert(
      fc.property(sketchesArb, (sketches) => {
        const tasks = planOf(sketches);
        expect(planOf([...sketches].reverse())).toEqual(tasks);
        const pruned = tasks.filter(({ action }) => action.type === 'prune').map(({ ref }) => ref.name);
        const wanted = sketches.filter(({ role }) => role !== 'extra').map(({ name }) => name);
        expect(pruned.filter((name) => wanted.includes(name))).toEqual([]);
      }),
    );
  });
});
