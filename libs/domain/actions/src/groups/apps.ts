import { valueAt } from '@tiphys/model';
import type { ActionRule, ActionTable } from '../action.ts';
import { countOf, setting, timestampOf } from '../change.ts';

const restart: ActionRule = {
  name: 'restart',
  iconClass: 'fa fa-fw fa-redo',
  run: setting((context) => [
    [
      ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'],
      timestampOf(context),
    ],
  ]),
};

const scale: ActionRule = {
  name: 'scale',
  iconClass: 'fa fa-fw fa-plus-circle',
  params: ['replicas'],
  run: setting((context) => [[['spec', 'replicas'], countOf(context, 'replicas')]]),
};

const isPaused = (object: Parameters<NonNullable<ActionRule['isDisabled']>>[0]): boolean =>
  valueAt(object, 'spec', 'paused') === true;

const pause: ActionRule = {
  name: 'pause',
  iconClass: 'fa fa-fw fa-pause-circle',
  isDisabled: isPaused,
  run: setting(() => [[['spec', 'paused'], true]]),
};

const resume: ActionRule = {
  name: 'resume',
  iconClass: 'fa fa-fw fa-play-circle',
  isDisabled: (object) => !isPaused(object),
  run: setting(() => [[['spec', 'paused'], undefined]]),
};

export const appsActions: ActionTable = {
  'apps/DaemonSet': [restart],
  'apps/Deployment': [pause, restart, resume, scale],
  'apps/StatefulSet': [restart, scale],
};
