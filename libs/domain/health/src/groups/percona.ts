import { arrayAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, suspended, unknown, type RulesByKind } from '../rule.ts';

const nodes = (object: JsonObject): string =>
  `${countAt(object, 'status', 'ready')}/${countAt(object, 'status', 'size')} node(s) are ready`;

function mongo(object: JsonObject): HealthStatus {
  switch (stringAt(object, 'status', 'state')) {
    case 'ready':
      return healthy(nodes(object));
    case 'initializing':
    case 'stopping':
      return progressing(nodes(object));
    case 'paused':
      return suspended(nodes(object));
    case 'error':
      return degraded(nodes(object));
    default:
      return unknown(nodes(object));
  }
}

function xtraDb(object: JsonObject): HealthStatus {
  switch (stringAt(object, 'status', 'state')) {
    case undefined:
    case '':
      return progressing('Waiting for the cluster to be reconciled');
    case 'ready':
      return healthy(nodes(object));
    case 'initializing':
      return progressing(nodes(object));
    case 'paused':
      return unknown('Cluster is paused');
    case 'stopping':
      return progressing(`Cluster is stopping (${nodes(object)})`);
    case 'error':
      return degraded(
        `Cluster is on error: ${arrayAt(object, 'status', 'message').filter(isText).join(', ')}`,
      );
    default:
      return unknown(
        'Cluster status is unknown. Ensure your ArgoCD is current and then check for/file a bug report: https://github.com/argoproj/argo-cd/issues',
      );
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

export const mongoRules: RulesByKind = { PerconaServerMongoDB: mongo };
export const xtraDbRules: RulesByKind = { PerconaXtraDBCluster: xtraDb };
