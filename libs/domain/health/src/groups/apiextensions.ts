import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, type RulesByKind } from '../rule.ts';

/** A CRD is healthy once its names are accepted, its schema is structural and its API is served. */
function customResourceDefinition(object: JsonObject): HealthStatus {
  if (stringAt(object, 'metadata', 'deletionTimestamp') !== undefined)
    return progressing('CRD is terminating');
  if (conditionsOf(object).length === 0) return progressing('Status conditions not found');
  const terminating = conditionOf(object, 'Terminating');
  if (terminating?.status === 'True') return progressing(`CRD is terminating: ${terminating.message}`);
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return degraded(`CRD names have not been accepted: ${names.message}`);
  const schema = conditionOf(object, 'NonStructuralSchema');
  if (schema?.status === 'True') return degraded(`Schema violations found: ${schema.message}`);
  const established = conditionOf(object, 'Established');
  if (established?.status === 'True') return healthy('CRD is healthy');
  return established?.reason === 'Installing'
    ? progressing('CRD is being installed')
    : degraded('CRD is not established');
}

export const apiextensionsRules: RulesByKind = { CustomResourceDefinition: customResourceDefinition };
