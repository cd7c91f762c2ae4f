import { stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf, conditionsOf } from '../conditions.ts';
import { isGenerationStale } from '../numbers.ts';
import { degraded, healthy, progressing, unknown, type HealthRule, type RulesByKind } from '../rule.ts';

/** A label by which an upgrade marks a child that it gave up. */
const upgradeResult = 'numaplane.numaproj.io/progressive-result-state';

/** A child of Numaflow: its phase, then its conditions. */
const flow =
  (kind: string, unhealthy?: string): HealthRule =>
  (object) => {
    if (valueAt(object, 'status', 'phase') === undefined || isGenerationStale(object)) {
      return progressing(`Waiting for ${kind} status`);
    }
    if (hasFailedUpgrade(object)) return degraded('Failed progressive upgrade');
    const phase = stringAt(object, 'status', 'phase');
    if (phase === 'Paused') return healthy(`${kind} is paused`);
    if (phase === 'Failed') return degraded(stringAt(object, 'status', 'message') ?? `${kind} is failed`);
    const failed = conditionsOf(object).find(({ status }) => status === 'False');
    return failed === undefined ? healthy(`${kind} is healthy`) : degraded(unhealthy ?? failed.message);
  };

const hasFailedUpgrade = (object: JsonObject): boolean =>
  stringAt(object, 'metadata', 'labels', upgradeResult) === 'failed';

export const numaflowRules: RulesByKind = {
  InterStepBufferService: flow('InterStepBufferService'),
  MonoVertex: flow('MonoVertex', 'Subresources are unhealthy'),
  Pipeline: flow('Pipeline', 'Subresources are unhealthy'),
  Vertex: flow('Vertex'),
};

/** A rollout of Numaplane by its own phase, then by its children. */
function rollout(object: JsonObject): HealthStatus {
  if (valueAt(object, 'status', 'phase') === undefined || isGenerationStale(object))
    return progressing('Not yet reconciled');
  const phase = stringAt(object, 'status', 'phase');
  if (phase === 'Failed') return degraded(stringAt(object, 'status', 'message'));
  const paused = conditionsOf(object).find(
    ({ type, status }) => type.endsWith('PausingOrPaused') && status === 'True',
  );
  if (paused !== undefined) return healthy(paused.message);
  if (phase === 'Pending' || (stringAt(object, 'status', 'upgradeInProgress') ?? '') !== '') {
    return progressing('Update in progress');
  }
  return childrenHealth(object);
}

function childrenHealth(object: JsonObject): HealthStatus {
  const children = conditionOf(object, 'ChildResourcesHealthy');
  if (children === undefined) return unknown('Unknown status');
  if (children.status === 'True') return healthy('Healthy');
  if (children.status === 'False') {
    return children.reason === 'Progressing' ? progressing('Child Progressing') : degraded(children.message);
  }
  return unknown(children.message);
}

export const numaplaneRules: RulesByKind = {
  ISBServiceRollout: rollout,
  MonoVertexRollout: rollout,
  NumaflowControllerRollout: rollout,
  PipelineRollout: rollout,
};
