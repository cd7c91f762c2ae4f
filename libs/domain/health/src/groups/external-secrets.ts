import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const ready = (waiting: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'Ready', status: 'True', gives: 'Healthy' },
      { type: 'Ready', status: 'False', gives: 'Degraded' },
    ],
    otherwise: progressing(waiting),
  });

/** Partly ready means that at least one namespace failed. */
const clusterExternalSecret: HealthRule = byConditions({
  rows: [
    { type: ['NotReady', 'PartiallyReady'], status: 'True', gives: 'Degraded' },
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for ClusterExternalSecret'),
});

export const externalSecretsRules: RulesByKind = {
  ClusterExternalSecret: clusterExternalSecret,
  ClusterSecretStore: ready('Initializing ClusterSecretStore'),
  ExternalSecret: ready('Waiting for ExternalSecret'),
  PushSecret: ready('Waiting for PushSecret'),
  SecretStore: ready('Initializing SecretStore'),
};

/** The forerunner writes one text: SUCCESS, or ERROR with its cause. */
function externalSecret(object: JsonObject): HealthStatus {
  const status = stringAt(object, 'status', 'status') ?? '';
  if (status === 'SUCCESS') return healthy('Fetched ExternalSecret.');
  if (status.startsWith('ERROR')) return degraded(status.replace(/^ERROR,?\s*/, ''));
  return progressing('Waiting for ExternalSecret.');
}

export const kubernetesClientRules: RulesByKind = { ExternalSecret: externalSecret };
