import type { JsonObject } from '@tiphys/model';
import { has, objectAt, type DefaultsTable } from './rule.ts';

const cpu: JsonObject = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
const scaleUp: JsonObject = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const scaleDown: JsonObject = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** A behaviour that says anything about one direction gets the rules of both. */
function behavior(object: JsonObject): JsonObject {
  if (!has(object, 'behavior')) return object;
  const given = objectAt(object, 'behavior');
  return {
    ...object,
    behavior: {
      ...given,
      scaleUp: { ...scaleUp, ...objectAt(given, 'scaleUp') },
      scaleDown: { ...scaleDown, ...objectAt(given, 'scaleDown') },
    },
  };
}

export const autoscalingDefaults: DefaultsTable = {
  'autoscaling/v1.HorizontalPodAutoscalerSpec': { fill: { minReplicas: 1 } },
  'autoscaling/v2.HorizontalPodAutoscalerSpec': { fill: { minReplicas: 1, metrics: [cpu] }, then: behavior },
};
