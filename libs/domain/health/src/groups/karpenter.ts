import { valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionOf } from '../conditions.ts';
import { degraded, healthy, progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const ready = (kind: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'Ready', status: 'True', gives: 'Healthy' },
      { type: 'Ready', status: 'False', gives: 'Degraded' },
    ],
    otherwise: progressing(`Waiting for ${kind} to be ready`),
  });

const steps = [
  ['Launched', 'Waiting for NodeClaim to be launched'],
  ['Registered', 'Node launched, waiting for registration'],
  ['Initialized', 'Node registered, waiting for initialization'],
] as const;

/** A node is launched, registers and initialises, in this order; what fails after that is broken. */
function nodeClaim(object: JsonObject): HealthStatus {
  const isTrue = (type: string): boolean => conditionOf(object, type)?.status === 'True';
  if (
    isTrue('Disrupted') ||
    valueAt(object, 'metadata', 'annotations', 'karpenter.sh/do-not-sync') === 'true'
  ) {
    return suspended('NodeClaim is being disrupted');
  }
  const step = steps.find(([type]) => !isTrue(type));
  if (step !== undefined) {
    const failed = conditionOf(object, step[0]);
    return failed?.status === 'False' ? degraded(failed.message) : progressing(step[1]);
  }
  const last = conditionOf(object, 'Ready');
  if (last?.status === 'False') return degraded(last.message);
  return last?.status === 'True' ? healthy(last.message) : progressing('Waiting for NodeClaim to be ready');
}

export const karpenterRules: RulesByKind = { NodeClaim: nodeClaim, NodePool: ready('NodePool') };
export const karpenterAwsRules: RulesByKind = { EC2NodeClass: ready('EC2NodeClass') };
