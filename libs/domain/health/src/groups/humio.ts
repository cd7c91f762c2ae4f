import { stringAt } from '@tiphys/model';
import { byPhase } from '../phase.ts';
import type { RulesByKind } from '../rule.ts';

const state = ['status', 'state'];
const told = (_object: unknown, value: string): string => `Component state: ${value}.`;

const component = byPhase({
  path: state,
  phases: {
    Exists: ['Healthy', told],
    NotFound: ['Missing', told],
    ConfigError: ['Degraded', told],
    Unknown: ['Unknown', told],
  },
  absent: ['Progressing', 'Update in progress'],
  otherwise: ['Unknown', told],
});

const cluster = byPhase({
  path: state,
  phases: {
    Running: ['Healthy', 'Cluster is in a healthy running state'],
    Restarting: ['Progressing', 'Cluster pods are being restarted'],
    Upgrading: ['Progressing', 'Cluster pods are being upgraded'],
    Pending: ['Progressing', 'Cluster is waiting to be started'],
    ConfigError: ['Degraded', (object) => stringAt(object, 'status', 'message') ?? ''],
  },
  absent: ['Progressing', 'Update in progress'],
  otherwise: ['Unknown', told],
});

export const humioRules: RulesByKind = {
  HumioAction: component,
  HumioAlert: component,
  HumioCluster: cluster,
  HumioIngestToken: component,
  HumioParser: component,
  HumioRepository: component,
  HumioView: component,
};
