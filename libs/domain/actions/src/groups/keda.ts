import { valueAt, type JsonObject } from '@tiphys/model';
import type { ActionRule, ActionTable } from '../action.ts';
import { annotation, countOf, hasValue, setting } from '../change.ts';

const PAUSED = annotation('autoscaling.keda.sh/paused');
const PAUSED_REPLICAS = annotation('autoscaling.keda.sh/paused-replicas');

const isPaused = (object: JsonObject): boolean =>
  hasValue(object, PAUSED, 'true') || valueAt(object, ...PAUSED_REPLICAS) !== undefined;

const pause: ActionRule = {
  name: 'pause',
  iconClass: 'fa fa-fw fa-pause-circle',
  isDisabled: isPaused,
  run: setting(() => [[PAUSED, 'true']]),
};

const pausedReplicas: ActionRule = {
  name: 'paused-replicas',
  iconClass: 'fa fa-fw fa-pause-circle',
  params: ['replicas'],
  isDisabled: isPaused,
  run: setting((context) => [[PAUSED_REPLICAS, String(countOf(context, 'replicas'))]]),
};

const resume: ActionRule = {
  name: 'resume',
  iconClass: 'fa fa-fw fa-play-circle',
  isDisabled: (object) => !isPaused(object),
  run: setting(() => [
    [PAUSED, undefined],
    [PAUSED_REPLICAS, undefined],
  ]),
};

export const kedaActions: ActionTable = {
  'keda.sh/ScaledJob': [pause, resume],
  'keda.sh/ScaledObject': [pause, pausedReplicas, resume],
};
