import {
  arrayAt,
  stringAt,
  valueAt,
  type HealthStatus,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { conditionOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, unknown } from '../rule.ts';

/** A Pod by its phase, its readiness where it runs for good, and what its containers wait for. */
export function podHealth(object: JsonObject): HealthStatus {
  const runsForGood = (stringAt(object, 'spec', 'restartPolicy') ?? 'Always') === 'Always';
  const troubles = runsForGood ? waitingTroubles(object) : [];
  if (troubles.length > 0) return degraded(troubles.join(', '));
  const message = stringAt(object, 'status', 'message') ?? '';
  switch (stringAt(object, 'status', 'phase')) {
    case 'Pending':
      return progressing(message);
    case 'Succeeded':
      return healthy(message);
    case 'Failed':
      return degraded(message === '' ? failureOf(object) : message);
    case 'Running':
      return runsForGood ? runningHealth(object, message) : progressing(message);
    default:
      return unknown(message);
  }
}

const containers = (object: JsonObject): readonly JsonValue[] =>
  arrayAt(object, 'status', 'containerStatuses');

function waitingTroubles(object: JsonObject): readonly string[] {
  return containers(object)
    .filter((container) => isTrouble(stringAt(container, 'state', 'waiting', 'reason') ?? ''))
    .map((container) => stringAt(container, 'state', 'waiting', 'message') ?? '');
}

const isTrouble = (reason: string): boolean =>
  reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff');

/** Why the first container failed that says so. */
function failureOf(object: JsonObject): string {
  for (const container of [...arrayAt(object, 'status', 'initContainerStatuses'), ...containers(object)]) {
    const end = valueAt(container, 'state', 'terminated');
    if (end === undefined) continue;
    const message = stringAt(end, 'message') ?? '';
    if (message !== '') return message;
    if (stringAt(end, 'reason') === 'OOMKilled') return 'OOMKilled';
    const code = countAt(end, 'exitCode');
    if (code !== 0) return `container "${stringAt(container, 'name') ?? ''}" failed with exit code ${code}`;
  }
  return '';
}

function runningHealth(object: JsonObject, message: string): HealthStatus {
  if (conditionOf(object, 'Ready')?.status === 'True') return healthy(message);
  const hasRestarted = containers(object).some(
    (one) => valueAt(one, 'lastState', 'terminated') !== undefined,
  );
  return hasRestarted ? degraded(message) : progressing(message);
}
