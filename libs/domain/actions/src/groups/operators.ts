import { stringAt } from '@tiphys/model';
import type { ActionRule, ActionTable } from '../action.ts';
import { annotation, hasValue, setting, timestampOf } from '../change.ts';

const FORCE_SYNC = annotation('force-sync');
const ROLLING_UPDATE = annotation('strimzi.io/manual-rolling-update');

/** The operator syncs anew when the annotation changes. */
const forceSync = (name: string): ActionRule => ({
  name,
  isDisabled: (object) => stringAt(object, 'metadata', 'deletionTimestamp') !== undefined,
  run: setting((context) => [[FORCE_SYNC, timestampOf(context)]]),
});

const rollingUpdate: ActionRule = {
  name: 'rolling-update',
  isDisabled: (object) => hasValue(object, ROLLING_UPDATE, 'true'),
  run: setting(() => [[ROLLING_UPDATE, 'true']]),
};

const merge: ActionRule = {
  name: 'merge',
  displayName: 'Merge PR',
  iconClass: 'fa fa-fw fa-code-merge',
  isDisabled: (object) =>
    stringAt(object, 'status', 'state') !== 'open' || hasValue(object, ['spec', 'state'], 'merged'),
  run: setting(() => [[['spec', 'state'], 'merged']]),
};

export const operatorActions: ActionTable = {
  'core.strimzi.io/StrimziPodSet': [rollingUpdate],
  'external-secrets.io/ExternalSecret': [forceSync('refresh')],
  'external-secrets.io/PushSecret': [forceSync('push')],
  'promoter.argoproj.io/PullRequest': [merge],
};
