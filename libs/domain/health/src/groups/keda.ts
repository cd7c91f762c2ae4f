import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const pausedBy = ['autoscaling.keda.sh/paused', 'autoscaling.keda.sh/paused-replicas'];

const scaled = (kind: string): HealthRule => {
  const scaling = byConditions({
    rows: [
      { type: 'Paused', status: 'True', gives: 'Suspended', message: `${kind} is paused` },
      { type: 'Fallback', status: 'True', gives: 'Degraded' },
      { type: 'Ready', status: ['False', 'Unknown'], gives: 'Degraded' },
      { type: 'Ready', status: 'True', gives: 'Healthy' },
    ],
    otherwise: progressing(`Waiting for ${kind}`),
  });
  return (object: JsonObject): HealthStatus =>
    isPaused(object) ? suspended(`${kind} is paused`) : scaling(object);
};

const isPaused = (object: JsonObject): boolean =>
  pausedBy.some((key) => !['', 'false'].includes(stringAt(object, 'metadata', 'annotations', key) ?? ''));

export const kedaRules: RulesByKind = {
  ScaledJob: scaled('ScaledJob'),
  ScaledObject: scaled('ScaledObject'),
};
