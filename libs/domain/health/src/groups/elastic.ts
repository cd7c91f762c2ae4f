import { arrayAt, numberAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, unknown, type RulesByKind } from '../rule.ts';

const report =
  'Ensure your ArgoCD is current and then check for/file a bug report: https://github.com/argoproj/argo-cd/issues';
const unknownStatus = (name: string): HealthStatus => unknown(`${name} status is unknown. ${report}`);

function beat(object: JsonObject): HealthStatus {
  const expected = numberAt(object, 'status', 'expectedNodes');
  const available = countAt(object, 'status', 'availableNodes');
  switch (stringAt(object, 'status', 'health')) {
    case undefined:
      return progressing('Elastic Beat status is not available');
    case 'green':
      return healthy('Elastic Beat status is Green');
    case 'yellow':
      if (available === 0 || expected === undefined) return progressing('Elastic Beat phase is progressing');
      return progressing(
        `Elastic Beat status is deploying, there is ${available} instance(s) on ${expected} expected`,
      );
    case 'red':
      return degraded('Elastic Beat status is Red');
    default:
      return unknownStatus('Elastic Beat');
  }
}

function elasticsearch(object: JsonObject): HealthStatus {
  const phase = stringAt(object, 'status', 'phase') ?? '';
  if (phase === 'Invalid') return degraded('Elasticsearch phase is Invalid');
  if (phase !== '' && phase !== 'Ready') return progressing(`Elasticsearch phase is ${phase}`);
  const check = 'Check the status of indices, replicas and shards';
  switch (stringAt(object, 'status', 'health')) {
    case 'green':
      return nodesHealth(object);
    case 'yellow':
      return progressing(`Elasticsearch Cluster status is Yellow. ${check}`);
    case 'red':
      return degraded(`Elasticsearch Cluster status is Red. ${check}`);
    default:
      return unknownStatus('Elasticsearch Cluster');
  }
}

function nodesHealth(object: JsonObject): HealthStatus {
  const wanted = arrayAt(object, 'spec', 'nodeSets').reduce<number>(
    (sum, set) => sum + countAt(set, 'count'),
    0,
  );
  const available = countAt(object, 'status', 'availableNodes');
  return available < wanted
    ? progressing(`The desired amount of availableNodes is ${wanted} but the current amount is ${available}`)
    : healthy('Elasticsearch Cluster status is Green');
}

function logstash(object: JsonObject): HealthStatus {
  const expected = countAt(object, 'status', 'expectedNodes');
  const available = countAt(object, 'status', 'availableNodes');
  switch (stringAt(object, 'status', 'health')) {
    case 'green':
      return available >= expected
        ? healthy('Logstash status is Green')
        : progressing(`Logstash is deploying: ${available} of ${expected} instances`);
    case 'yellow':
      return progressing('Logstash status is Yellow');
    case 'red':
      return degraded('Logstash status is Red');
    default:
      return progressing('Waiting for Logstash');
  }
}

export const beatRules: RulesByKind = { Beat: beat };
export const elasticsearchRules: RulesByKind = { Elasticsearch: elasticsearch };
export const logstashRules: RulesByKind = { Logstash: logstash };
