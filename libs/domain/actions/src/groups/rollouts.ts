import { arrayAt, numberAt, stringAt, valueAt, type JsonObject } from '@tiphys/model';
import type { ActionRule, ActionTable } from '../action.ts';
import { patched, setting, timestampOf } from '../change.ts';

const isPaused = (object: JsonObject): boolean =>
  valueAt(object, 'spec', 'paused') === true || arrayAt(object, 'status', 'pauseConditions').length > 0;

const isAborted = (object: JsonObject): boolean => valueAt(object, 'status', 'abort') === true;

/** True while pods of the last template have not become the stable ones. */
const isUnderWay = (object: JsonObject): boolean => {
  const stable =
    stringAt(object, 'status', 'stableRS') ?? stringAt(object, 'status', 'blueGreen', 'activeSelector');
  const current = stringAt(object, 'status', 'currentPodHash');
  return current !== undefined && stable !== current;
};

const stepOf = (object: JsonObject): number => numberAt(object, 'status', 'currentStepIndex') ?? 0;

const hasStepsLeft = (object: JsonObject): boolean =>
  stepOf(object) < arrayAt(object, 'spec', 'strategy', 'canary', 'steps').length;

const unpaused = [
  [['spec', 'paused'], undefined],
  [['status', 'pauseConditions'], undefined],
] as const;

const rolloutActions: readonly ActionRule[] = [
  {
    name: 'abort',
    isDisabled: (object) => isAborted(object) || !isUnderWay(object),
    run: setting(() => [[['status', 'abort'], true]]),
  },
  {
    name: 'pause',
    isDisabled: (object) => isPaused(object),
    run: setting(() => [[['spec', 'paused'], true]]),
  },
  {
    name: 'promote-full',
    isDisabled: (object) => valueAt(object, 'status', 'promoteFull') === true || !isUnderWay(object),
    run: setting(() => [[['status', 'promoteFull'], true]]),
  },
  {
    name: 'restart',
    displayName: 'Restart Pods',
    run: setting((context) => [[['spec', 'restartAt'], timestampOf(context)]]),
  },
  { name: 'resume', isDisabled: (object) => !isPaused(object), run: setting(() => unpaused) },
  {
    name: 'retry',
    isDisabled: (object) => !isAborted(object),
    run: setting(() => [[['status', 'abort'], false]]),
  },
  {
    name: 'skip-current-step',
    isDisabled: (object) => !hasStepsLeft(object),
    run: (object) =>
      patched(
        object,
        hasStepsLeft(object) ? [...unpaused, [['status', 'currentStepIndex'], stepOf(object) + 1]] : [],
      ),
  },
];

const ENDED = ['Successful', 'Failed', 'Error', 'Inconclusive'];

const terminate: ActionRule = {
  name: 'terminate',
  isDisabled: (object) =>
    valueAt(object, 'spec', 'terminate') === true ||
    ENDED.includes(stringAt(object, 'status', 'phase') ?? ''),
  run: setting(() => [[['spec', 'terminate'], true]]),
};

export const rolloutsActions: ActionTable = {
  'argoproj.io/AnalysisRun': [terminate],
  'argoproj.io/Rollout': rolloutActions,
};
