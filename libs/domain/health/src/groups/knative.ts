import { conditionOf, conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, unknown, type HealthRule, type RulesByKind } from '../rule.ts';

/** A part of Knative lists all its conditions until it is ready; a status that isn't known is trouble. */
const part =
  (kind: string): HealthRule =>
  (object) => {
    const conditions = conditionsOf(object);
    if (conditions.length === 0) return unknown(`Waiting for ${kind}`);
    const lines = conditions.map(({ type, status }, index) => `${index + 1}: ${type} | ${status}\n`).join('');
    const odd = conditions.some(({ status }) => !['True', 'False', 'Unknown'].includes(status));
    if (odd) return degraded(lines);
    return conditions.every(({ status }) => status === 'True')
      ? healthy(`${kind} is healthy.`)
      : progressing(lines);
  };

export const knativeOperatorRules: RulesByKind = {
  KnativeEventing: part('KnativeEventing'),
  KnativeServing: part('KnativeServing'),
};

const service: HealthRule = (object) => {
  const conditions = conditionsOf(object);
  if (conditionOf(object, 'Ready')?.status === 'True') return healthy('Knative Service is healthy.');
  const failed = conditions.filter(({ status }) => status === 'False');
  if (failed.length > 0) {
    return degraded(
      failed.map(({ type, reason, message }) => `${type} is False, since ${reason}. ${message}\n`).join(''),
    );
  }
  const open = conditions.filter(({ status }) => status === 'Unknown');
  return progressing(
    open.length === 0
      ? 'Waiting for Knative Service.'
      : open.map(({ type, reason, message }) => `${type} is Unknown, since ${reason}. ${message}\n`).join(''),
  );
};

export const knativeServingRules: RulesByKind = { Service: service };
