import { stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf } from '../conditions.ts';
import { byPhase, samePhase } from '../phase.ts';
import { degraded, healthy, progressing, suspended, unknown, type RulesByKind } from '../rule.ts';

function virtualMachine(object: JsonObject): HealthStatus {
  const shown = stringAt(object, 'status', 'printableStatus');
  if (shown === undefined) return progressing('No status available');
  if (['Stopped', 'Paused'].includes(shown)) return suspended(shown);
  return shown === 'Running' && conditionOf(object, 'Ready')?.status === 'True'
    ? healthy(shown)
    : progressing(shown);
}

const byPhaseOnly = byPhase({
  phases: {
    Failed: ['Degraded', samePhase],
    Unknown: ['Unknown', samePhase],
    Succeeded: ['Suspended', samePhase],
  },
  absent: ['Progressing', 'No status available'],
  otherwise: ['Progressing', samePhase],
});

function instance(object: JsonObject): HealthStatus {
  if (conditionOf(object, 'Paused')?.status === 'True') return suspended('Paused');
  const isRunning = stringAt(object, 'status', 'phase') === 'Running';
  return isRunning && conditionOf(object, 'Ready')?.status === 'True'
    ? healthy('Running')
    : byPhaseOnly(object);
}

export const kubevirtRules: RulesByKind = {
  VirtualMachine: virtualMachine,
  VirtualMachineInstance: instance,
};

/** An import that runs into errors keeps its phase; its Running condition tells. */
function dataVolume(object: JsonObject): HealthStatus {
  const phase = stringAt(object, 'status', 'phase');
  if (phase === undefined) return progressing('No status available');
  const running = conditionOf(object, 'Running');
  if (running?.reason === 'Error') return degraded(running.message);
  switch (phase) {
    case 'Succeeded':
      return healthy(phase);
    case 'Failed':
      return degraded(phase);
    case 'Unknown':
      return unknown(phase);
    case 'Paused':
      return suspended(phase);
    default:
      return progressing(phase);
  }
}

export const cdiRules: RulesByKind = { DataVolume: dataVolume };
