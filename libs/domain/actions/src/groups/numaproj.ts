import { labelledAs, phaseActions } from './numaproj-phases.ts';
import { annotation, hasValue, label, setting } from '../change.ts';
import type { ActionRule, ActionTable } from '../action.ts';

const FORCE_PROMOTE = label('numaplane.numaproj.io/force-promote');
const UPGRADE_STATE = label('numaplane.numaproj.io/upgrade-state');
const DATA_LOSS = annotation('numaplane.numaproj.io/allow-data-loss');

/** Only an upgrade that is under way can be promoted, and once. */
const forcePromote = (displayName?: string): ActionRule => ({
  name: 'force-promote',
  iconClass: 'fa-solid fa-fw fa-forward',
  ...(displayName === undefined ? {} : { displayName }),
  isDisabled: (object) =>
    !hasValue(object, UPGRADE_STATE, 'in-progress') || hasValue(object, FORCE_PROMOTE, 'true'),
  run: setting(() => [[FORCE_PROMOTE, 'true']]),
});

/** What is marked as of no more use is deleted by the controller, once it is drained. */
const recycle: ActionRule = {
  name: 'delete',
  displayName: 'Delete',
  iconClass: 'fa-solid fa-fw fa-trash',
  isDisabled: labelledAs(UPGRADE_STATE, 'recyclable'),
  run: setting(() => [[UPGRADE_STATE, 'recyclable']]),
};

const dataLossActions: readonly ActionRule[] = [
  {
    name: 'allow-data-loss',
    displayName: 'Allow (Possible) Data Loss',
    iconClass: 'fa-solid fa-fw fa-unlock',
    isDisabled: (object) => hasValue(object, DATA_LOSS, 'true'),
    run: setting(() => [[DATA_LOSS, 'true']]),
  },
  {
    name: 'disallow-data-loss',
    displayName: 'Disallow Data Loss',
    iconClass: 'fa-solid fa-fw fa-lock',
    isDisabled: (object) => !hasValue(object, DATA_LOSS, 'true'),
    run: setting(() => [[DATA_LOSS, undefined]]),
  },
];

const RESUME_STRATEGY = annotation('numaflow.numaproj.io/resume-strategy');
const own = phaseActions({
  lifecycle: ['spec', 'lifecycle', 'desiredPhase'],
  resume: (speed) => [[RESUME_STRATEGY, speed]],
});
const ofRollout = (kind: 'pipeline' | 'monoVertex'): readonly ActionRule[] =>
  phaseActions({
    lifecycle: ['spec', kind, 'spec', 'lifecycle', 'desiredPhase'],
    resume: (speed) => [[['spec', 'strategy', 'ppnd', 'fastResume'], speed === 'fast']],
  });

export const numaprojActions: ActionTable = {
  'numaflow.numaproj.io/InterStepBufferService': [forcePromote()],
  'numaflow.numaproj.io/MonoVertex': [forcePromote('Force Promote'), ...own],
  'numaflow.numaproj.io/Pipeline': [recycle, forcePromote('Force Promote'), ...own],
  'numaplane.numaproj.io/MonoVertexRollout': ofRollout('monoVertex'),
  'numaplane.numaproj.io/PipelineRollout': [...dataLossActions, ...ofRollout('pipeline')],
};
