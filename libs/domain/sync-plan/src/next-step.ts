import type { ResourceResult, SyncPhase } from '@tiphys/model';
import {
  ALL_TASKS_RUN,
  APPLY_FAILED,
  NO_MORE_TASKS,
  SYNC_FAIL_HOOKS_FAILED,
  TASKS_FAILED,
  waitingFor,
  waitingForApproval,
  withReasons,
} from './messages.ts';
import { isComplete, isIntended, isPending, isRunning, isUnsuccessful, type TaskFacts } from './observe.ts';
import { hasDeletePolicy } from './plan.ts';
import { isPruning, type SyncTask } from './task.ts';

export interface RunStep {
  readonly type: 'run';
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly tasks: readonly SyncTask[];
  /** Objects of former hooks that must be gone before anything of the wave is applied; the sync waits for that. */
  readonly replaced: readonly SyncTask[];
  /** What is done, a group after the other: prunes first, then a kind at a time. Tasks of a group run in parallel. */
  readonly groups: readonly (readonly SyncTask[])[];
  /** Nothing comes after this wave but hooks of a failure. */
  readonly isFinal: boolean;
  /** Complete hooks whose policy wants them gone now. */
  readonly cleanup: readonly SyncTask[];
}

export type SyncStep =
  | RunStep
  | { readonly type: 'wait'; readonly message: string }
  | {
      readonly type: 'finished';
      readonly phase: 'Succeeded' | 'Failed';
      readonly message: string;
      readonly cleanup: readonly SyncTask[];
    };

export type Facts = (task: SyncTask) => TaskFacts;

export interface StepOptions {
  /** Somebody approved of the prunes that need it. Default false. */
  readonly isApproved?: boolean;
}

/**
 * The next step of a sync: a pure function of the plan and of what has happened so far, so that a restart goes on
 * where it was. A wave starts when all of the earlier ones is complete and healthy. Of the last one only hooks are
 * awaited.
 */
export function nextStep(tasks: readonly SyncTask[], factsOf: Facts, options: StepOptions = {}): SyncStep {
  const resultOf = (task: SyncTask) => factsOf(task).result;
  const isStaged = hasSeveralStages(tasks);
  const running = tasks.filter((task) => (isStaged || task.isHook) && isRunning(resultOf(task)));
  if (running.length > 0) return { type: 'wait', message: waitingFor(running, 'completion') };
  const leaving = tasks.filter(
    (task) => resultOf(task)?.status === 'Pruned' && factsOf(task).isLive && factsOf(task).isTerminating,
  );
  if (leaving.length > 0) return { type: 'wait', message: waitingFor(leaving, 'deletion') };
  const regular = tasks.filter(({ phase }) => phase !== 'SyncFail');
  if (regular.some((task) => isUnsuccessful(resultOf(task)))) return failedStep(tasks, factsOf, TASKS_FAILED);
  const pending = regular.filter((task) => isPending(resultOf(task)));
  const [first] = pending;
  if (first === undefined) return succeeded(tasks, factsOf, NO_MORE_TASKS);
  const wave = pending.filter((task) => inWaveOf(task, first));
  const unapproved = options.isApproved === true ? [] : wave.filter(needsApproval);
  if (unapproved.length > 0) return { type: 'wait', message: waitingForApproval(unapproved) };
  return runStep(wave, factsOf, { isFinal: wave.length === pending.length, cleanup: [] });
}

/** How a sync ends right after a wave was done; undefined where it goes on, which `nextStep` tells. */
export function outcomeOfWave(
  tasks: readonly SyncTask[],
  step: RunStep,
  factsOf: Facts,
): SyncStep | undefined {
  const resultOf = (task: SyncTask) => factsOf(task).result;
  if (step.phase === 'SyncFail') return undefined;
  const failed = step.tasks.filter((task) => isUnsuccessful(resultOf(task)));
  // What was applied beside it is looked at first, and the sync ends with what came of all tasks.
  const isPartial = step.tasks.some((task) => isRunning(resultOf(task)));
  if (failed.length > 0) return isPartial ? undefined : failedStep(tasks, factsOf, APPLY_FAILED);
  const isLeft = tasks.some((task) => task.phase !== 'SyncFail' && isPending(resultOf(task)));
  if (isLeft || step.tasks.some((task) => task.isHook)) return undefined;
  return succeeded(tasks, factsOf, ALL_TASKS_RUN);
}

/** True where a plan has more than one wave or phase, so that health is awaited in between. */
export const hasSeveralStages = (tasks: readonly SyncTask[]): boolean => {
  const [first] = tasks;
  return first !== undefined && tasks.some((task) => !inWaveOf(task, first));
};

const inWaveOf = (a: SyncTask, b: SyncTask): boolean => a.phase === b.phase && a.wave === b.wave;

const needsApproval = ({ action }: SyncTask): boolean =>
  action.type === 'prune' && action.needsConfirmation === true;

function runStep(
  tasks: readonly SyncTask[],
  factsOf: Facts,
  rest: Pick<RunStep, 'isFinal' | 'cleanup'>,
): RunStep {
  const [first] = tasks;
  if (first === undefined) throw new RangeError('a step has at least one task');
  return {
    type: 'run',
    phase: first.phase,
    wave: first.wave,
    tasks,
    replaced: tasks.filter((task) => isReplaced(task, factsOf(task))),
    groups: groupByKind(tasks),
    ...rest,
  };
}

/** What was recorded before a hook was created proves that the object of its name is the new one. */
const isReplaced = (task: SyncTask, { isLive, result }: TaskFacts): boolean =>
  isLive && !isIntended(result) && hasDeletePolicy(task, 'BeforeHookCreation');

/** The hooks of a failure first, then its end. */
function failedStep(tasks: readonly SyncTask[], factsOf: Facts, what: string): SyncStep {
  const cleanup = cleanupOf(tasks, factsOf, 'HookFailed');
  const onFailure = tasks.filter(({ phase }) => phase === 'SyncFail');
  const pending = onFailure.filter((task) => isPending(factsOf(task).result));
  if (pending.length > 0) return runStep(pending, factsOf, { isFinal: true, cleanup });
  const lines = [withReasons(what, refused(tasks, factsOf))];
  const bad = onFailure.map((task) => factsOf(task).result).filter(isUnsuccessful);
  if (bad.length > 0)
    lines.push(
      withReasons(
        SYNC_FAIL_HOOKS_FAILED,
        bad.filter((result) => result !== undefined),
      ),
    );
  return { type: 'finished', phase: 'Failed', message: lines.join('\n'), cleanup };
}

const refused = (tasks: readonly SyncTask[], factsOf: Facts): readonly ResourceResult[] =>
  tasks
    .filter(({ phase }) => phase !== 'SyncFail')
    .map((task) => factsOf(task).result)
    .filter((result) => result?.status === 'SyncFailed')
    .filter((result) => result !== undefined);

const succeeded = (tasks: readonly SyncTask[], factsOf: Facts, message: string): SyncStep => ({
  type: 'finished',
  phase: 'Succeeded',
  message,
  cleanup: cleanupOf(tasks, factsOf, 'HookSucceeded'),
});

/** What counts is how the operation ends, not how the hook itself did. */
const cleanupOf = (
  tasks: readonly SyncTask[],
  factsOf: Facts,
  policy: 'HookSucceeded' | 'HookFailed',
): readonly SyncTask[] =>
  tasks.filter((task) => {
    const { result, isLive } = factsOf(task);
    return isLive && isComplete(result) && hasDeletePolicy(task, policy);
  });

function groupByKind(tasks: readonly SyncTask[]): readonly (readonly SyncTask[])[] {
  const groups: SyncTask[][] = [];
  for (const task of tasks) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && sameKind(last[0], task)) last.push(task);
    else groups.push([task]);
  }
  return groups;
}

const sameKind = (a: SyncTask, b: SyncTask): boolean =>
  a.ref.kind === b.ref.kind && a.ref.group === b.ref.group && isPruning(a) === isPruning(b);
