import { describe, expect, it } from 'vitest';
import { keyOf, refOf, type HealthCode, type KubeObject, type ResourceResult } from '@tiphys/model';
import {
  nextStep,
  observedResult,
  outcomeOfWave,
  planHooks,
  planSync,
  type SyncTask,
  type TaskFacts,
} from './index.ts';

const object = (kind: string, name: string, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'web', annotations },
});
const wave = (number: number) => ({ 'argocd.argoproj.io/sync-wave': String(number) });
const hook = (name: string, types: string, policy = 'BeforeHookCreation') =>
  object('Pod', name, {
    'argocd.argoproj.io/hook': types,
    'argocd.argoproj.io/hook-delete-policy': policy,
  });

interface Given {
  readonly targets?: readonly KubeObject[];
  readonly extra?: readonly KubeObject[];
  readonly hooks?: readonly KubeObject[];
}

function tasksOf({ targets = [], extra = [], hooks = [] }: Given): readonly SyncTask[] {
  const head = (one: KubeObject) => ({ key: keyOf(refOf(one)), ref: refOf(one), version: 'v1' });
  return planSync(
    [
      ...targets.map((target) => ({ ...head(target), target })),
      ...extra.map((live) => ({ ...head(live), live })),
    ],
    { prune: true, hooks: planHooks(hooks, { revision: 'r', startedAt: 0 }, (one) => one) },
  );
}

type Known = 'running' | 'intended' | 'succeeded' | 'failed' | 'refused' | 'pruned' | 'leaving' | 'old';

const results: Readonly<Record<Exclude<Known, 'old'>, Partial<ResourceResult>>> = {
  running: { status: 'Synced', hookPhase: 'Running' },
  intended: { hookPhase: 'Running' },
  succeeded: { status: 'Synced', hookPhase: 'Succeeded' },
  failed: { status: 'Synced', hookPhase: 'Failed', message: 'it broke' },
  refused: { status: 'SyncFailed', hookPhase: 'Failed', message: 'no' },
  pruned: { status: 'Pruned', hookPhase: 'Succeeded' },
  leaving: { status: 'Pruned', hookPhase: 'Succeeded' },
};

/** Facts by `name` or `phase:name`. */
const facts =
  (known: Readonly<Record<string, Known>>) =>
  (task: SyncTask): TaskFacts => {
    const what = known[`${task.phase}:${task.ref.name}`] ?? known[task.ref.name];
    if (what === undefined) return { isLive: false, isTerminating: false };
    if (what === 'old') return { isLive: true, isTerminating: false };
    const { group, kind, namespace, name } = task.ref;
    return {
      isLive: what !== 'pruned' && what !== 'intended',
      isTerminating: what === 'leaving',
      result: { group, version: 'v1', kind, namespace, name, syncPhase: task.phase, ...results[what] },
    };
  };

const show = (tasks: readonly SyncTask[], known: Readonly<Record<string, Known>>, isApproved = false) => {
  const step = nextStep(tasks, facts(known), { isApproved });
  if (step.type !== 'run') return step;
  const names = (list: readonly SyncTask[]) => list.map(({ ref }) => ref.name);
  return {
    run: step.groups.map(names),
    ...(step.replaced.length === 0 ? {} : { replaced: names(step.replaced) }),
    ...(step.cleanup.length === 0 ? {} : { cleanup: names(step.cleanup) }),
  };
};

const waiting = (message: string) => ({ type: 'wait', message });

describe('nextStep', () => {
  const two = tasksOf({
    targets: [object('ConfigMap', 'a'), object('Service', 'b'), object('Deployment', 'c', wave(1))],
  });

  it('runs one wave, a kind at a time', () => {
    expect(show(two, {})).toEqual({ run: [['a'], ['b']] });
    expect(show(two, { a: 'succeeded' })).toEqual({ run: [['b']] });
  });

  it('waits until the wave before is healthy', () => {
    expect(show(two, { a: 'succeeded', b: 'running' })).toEqual(
      waiting('waiting for healthy state of /Service/b'),
    );
    expect(show(two, { a: 'running', b: 'running' })).toEqual(
      waiting('waiting for healthy state of /ConfigMap/a and 1 more resources'),
    );
    expect(show(two, { a: 'succeeded', b: 'succeeded' })).toEqual({ run: [['c']] });
  });

  it('fails where an object of a wave broke, without a reason, or was refused, with it', () => {
    const failed = { type: 'finished', phase: 'Failed', cleanup: [] };
    const what = 'one or more synchronization tasks completed unsuccessfully';
    expect(show(two, { a: 'succeeded', b: 'failed' })).toEqual({ ...failed, message: what });
    expect(show(two, { a: 'refused', b: 'succeeded' })).toEqual({
      ...failed,
      message: `${what}, reason: no`,
    });
  });

  it('ends where nothing is left, whatever the health of a single wave', () => {
    const one = tasksOf({ targets: [object('ConfigMap', 'a')] });
    expect(show(one, { a: 'running' })).toMatchObject({
      phase: 'Succeeded',
      message: 'successfully synced (no more tasks)',
    });
  });

  it('waits for what was pruned to go', () => {
    const tasks = tasksOf({ targets: [object('ConfigMap', 'a', wave(1))], extra: [object('Service', 'x')] });
    expect(show(tasks, {})).toEqual({ run: [['x']] });
    expect(show(tasks, { x: 'leaving' })).toEqual(waiting('waiting for deletion of /Service/x'));
    expect(show(tasks, { x: 'pruned' })).toEqual({ run: [['a']] });
  });

  it('prunes what needs it only once somebody approved', () => {
    const confirm = { 'argocd.argoproj.io/sync-options': 'Prune=confirm' };
    const tasks = tasksOf({ extra: [object('ConfigMap', 'x', confirm), object('ConfigMap', 'y', confirm)] });
    expect(show(tasks, {})).toEqual(
      waiting('waiting for pruning confirmation of v1/ConfigMap/x and 1 more resources'),
    );
    expect(show(tasks, {}, true)).toEqual({ run: [['x', 'y']] });
  });
});

describe('nextStep with hooks', () => {
  const tasks = tasksOf({
    targets: [object('ConfigMap', 'm')],
    hooks: [
      hook('pre', 'PreSync', 'HookSucceeded'),
      hook('during', 'Sync'),
      hook('post', 'PostSync', 'HookFailed'),
      hook('fail', 'SyncFail', 'HookFailed'),
    ],
  });

  it('goes from phase to phase', () => {
    expect(show(tasks, {})).toEqual({ run: [['pre']] });
    expect(show(tasks, { pre: 'running' })).toEqual(waiting('waiting for completion of hook /Pod/pre'));
    expect(show(tasks, { pre: 'succeeded' })).toEqual({ run: [['m'], ['during']] });
    expect(show(tasks, { pre: 'succeeded', m: 'running', during: 'running' })).toEqual(
      waiting('waiting for completion of hook /Pod/during and 1 more resources'),
    );
    expect(show(tasks, { pre: 'succeeded', m: 'succeeded', during: 'succeeded' })).toEqual({
      run: [['post']],
    });
  });

  it('cleans up by how the sync ended, not by how the hook did', () => {
    const done = { pre: 'succeeded', m: 'succeeded', during: 'succeeded', post: 'succeeded' } as const;
    const good = nextStep(tasks, facts(done));
    expect(good).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' });
    expect(good.type === 'finished' && good.cleanup.map(({ ref }) => ref.name)).toEqual(['pre']);
    const bad = nextStep(tasks, facts({ ...done, post: 'failed', fail: 'succeeded' }));
    expect(bad).toMatchObject({ phase: 'Failed' });
    expect(bad.type === 'finished' && bad.cleanup.map(({ ref }) => ref.name)).toEqual(['post', 'fail']);
  });

  it('runs the hooks of a failure once it failed, and tells of those that fail too', () => {
    expect(show(tasks, { pre: 'failed' })).toEqual({ run: [['fail']] });
    expect(show(tasks, { pre: 'failed', fail: 'running' })).toEqual(
      waiting('waiting for completion of hook /Pod/fail'),
    );
    expect(show(tasks, { pre: 'failed', fail: 'failed' })).toMatchObject({
      message:
        'one or more synchronization tasks completed unsuccessfully\n' +
        'one or more SyncFail hooks failed, reason: it broke',
    });
  });

  it('replaces what a former sync left, and not what this one was about to create', () => {
    const one = tasksOf({ hooks: [hook('job', 'PreSync,PostSync')] });
    expect(show(one, { job: 'old' })).toEqual({ run: [['job']], replaced: ['job'] });
    expect(show(one, { 'PreSync:job': 'succeeded', 'PostSync:job': 'old' })).toEqual({
      run: [['job']],
      replaced: ['job'],
    });
    expect(show(one, { job: 'intended' })).toEqual({ run: [['job']] });
    const kept = tasksOf({ hooks: [hook('job', 'PreSync', 'HookSucceeded')] });
    expect(show(kept, { job: 'old' })).toEqual({ run: [['job']] });
  });
});

describe('outcomeOfWave', () => {
  const outcome = (tasks: readonly SyncTask[], known: Readonly<Record<string, Known>>) => {
    const step = nextStep(tasks, facts({}));
    if (step.type !== 'run') throw new Error('nothing to run');
    return outcomeOfWave(tasks, step, facts(known));
  };

  it('succeeds right after the last wave', () => {
    const two = tasksOf({ targets: [object('ConfigMap', 'a'), object('ConfigMap', 'b', wave(1))] });
    expect(outcome(two, { a: 'running' })).toBeUndefined();
    const one = tasksOf({ targets: [object('ConfigMap', 'a')] });
    expect(outcome(one, { a: 'running' })).toMatchObject({
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
    });
    const withHook = tasksOf({ targets: [object('ConfigMap', 'a')], hooks: [hook('h', 'Sync')] });
    expect(outcome(withHook, { a: 'running', h: 'running' })).toBeUndefined();
  });

  it('fails with the reasons, once what was applied beside it was looked at', () => {
    const tasks = tasksOf({ targets: [object('ConfigMap', 'a'), object('ConfigMap', 'b')] });
    expect(outcome(tasks, { a: 'refused', b: 'refused' })).toMatchObject({
      phase: 'Failed',
      message: 'one or more objects failed to apply, reason: no,no',
    });
    expect(outcome(tasks, { a: 'refused', b: 'running' })).toBeUndefined();
  });
});

describe('observedResult', () => {
  const running: ResourceResult = {
    group: '',
    version: 'v1',
    kind: 'Pod',
    namespace: 'web',
    name: 'x',
    status: 'Synced',
    message: 'pod/x created',
    hookPhase: 'Running',
  };
  const observe = (isHook: boolean, change: Partial<TaskFacts>, health?: HealthCode) => {
    const seen = observedResult(
      { isHook, ref: running },
      {
        result: running,
        isLive: true,
        isTerminating: false,
        ...(health === undefined ? {} : { health: { status: health, message: `${health}!` } }),
        ...change,
      },
    );
    return [seen?.hookPhase, seen?.message];
  };

  it.each<[HealthCode | undefined, string, string]>([
    [undefined, 'Succeeded', 'x created'],
    ['Healthy', 'Succeeded', 'Healthy!'],
    ['Degraded', 'Failed', 'Degraded!'],
    ['Unknown', 'Failed', 'Unknown!'],
    ['Progressing', 'Running', 'Progressing!'],
    ['Suspended', 'Running', 'Suspended!'],
    ['Missing', 'Running', 'Missing!'],
  ])('of a hook that is %s', (health, phase, message) =>
    expect(observe(true, {}, health)).toEqual([phase, message]),
  );

  it.each<[HealthCode | undefined, string]>([
    [undefined, 'Succeeded'],
    ['Healthy', 'Succeeded'],
    ['Degraded', 'Failed'],
    ['Unknown', 'Running'],
    ['Progressing', 'Running'],
    ['Suspended', 'Running'],
  ])('of an object that is %s', (health, phase) =>
    expect(observe(false, {}, health)).toEqual([phase, 'pod/x created']),
  );

  it('of a hook that somebody deleted: it failed, unless it was complete', () => {
    const lost = ['Failed', 'hook was deleted before it was complete'];
    expect(observe(true, { isLive: false })).toEqual(lost);
    expect(observe(true, { isTerminating: true }, 'Progressing')).toEqual(lost);
    expect(observe(true, { isTerminating: true }, 'Healthy')[0]).toBe('Succeeded');
    expect(observe(false, { isLive: false })[0]).toBe('Running');
  });
});
