import { hasValue, setting, annotation, timestampOf } from '../change.ts';
import type { ActionRule, ActionTable } from '../action.ts';

const SUSPEND = ['spec', 'suspend'];

const reconcile: ActionRule = {
  name: 'reconcile',
  isDisabled: (object) => hasValue(object, SUSPEND, true),
  run: setting((context) => [[annotation('reconcile.fluxcd.io/requestedAt'), timestampOf(context)]]),
};

const suspend: ActionRule = {
  name: 'suspend',
  isDisabled: (object) => hasValue(object, SUSPEND, true),
  run: setting(() => [[SUSPEND, true]]),
};

const resume: ActionRule = {
  name: 'resume',
  isDisabled: (object) => !hasValue(object, SUSPEND, true),
  run: setting(() => [[SUSPEND, false]]),
};

const all = [reconcile, resume, suspend];

export const fluxActions: ActionTable = {
  'helm.toolkit.fluxcd.io/HelmRelease': all,
  'image.toolkit.fluxcd.io/ImageRepository': all,
  'image.toolkit.fluxcd.io/ImageUpdateAutomation': all,
  'kustomize.toolkit.fluxcd.io/Kustomization': all,
  'notification.toolkit.fluxcd.io/Alert': [resume, suspend],
  'notification.toolkit.fluxcd.io/Provider': [resume, suspend],
  'notification.toolkit.fluxcd.io/Receiver': all,
  'source.toolkit.fluxcd.io/Bucket': all,
  'source.toolkit.fluxcd.io/GitRepository': all,
  'source.toolkit.fluxcd.io/HelmChart': all,
  'source.toolkit.fluxcd.io/HelmRepository': all,
  'source.toolkit.fluxcd.io/OCIRepository': all,
};
