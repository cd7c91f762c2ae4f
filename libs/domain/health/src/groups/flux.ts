import { valueAt } from '@tiphys/model';
import { byConditions, reasonOf } from '../condition-table.ts';
import { progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const reconciled = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy', message: reasonOf },
    { type: 'Ready', status: 'Unknown', reason: 'Progressing', gives: 'Progressing', message: reasonOf },
    { type: 'Ready', status: 'Unknown', gives: 'Progressing', message: reasonOf },
    {
      type: 'Ready',
      status: 'False',
      reason: ['Progressing', 'DependencyNotReady'],
      gives: 'Progressing',
      message: reasonOf,
    },
    { type: 'Ready', status: 'False', gives: 'Degraded', message: reasonOf },
  ],
  otherwise: progressing('Waiting for status to be reported'),
});

/** Flux tells in the reason of the Ready condition how its objects are; they may be suspended. */
const flux: HealthRule = (object) =>
  valueAt(object, 'spec', 'suspend') === true ? suspended('Suspended') : reconciled(object);

export const helmFluxRules: RulesByKind = { HelmRelease: flux };
export const imageFluxRules: RulesByKind = {
  ImagePolicy: flux,
  ImageRepository: flux,
  ImageUpdateAutomation: flux,
};
export const kustomizeFluxRules: RulesByKind = { Kustomization: flux };
export const notificationFluxRules: RulesByKind = { Receiver: flux };
export const sourceFluxRules: RulesByKind = {
  Bucket: flux,
  GitRepository: flux,
  HelmChart: flux,
  HelmRepository: flux,
  OCIRepository: flux,
};
