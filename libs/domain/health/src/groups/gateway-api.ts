import {
  arrayAt,
  numberAt,
  stringAt,
  type HealthStatus,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { conditionsOf, type Condition } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const isCurrent = (object: JsonObject, report: JsonValue, path: readonly string[]): boolean => {
  const generation = countAt(object, 'metadata', 'generation');
  return arrayAt(report, ...path).every(
    (condition) => (numberAt(condition, 'observedGeneration') ?? generation) >= generation,
  );
};

const textOf = ({ type, message }: Condition): string =>
  message === '' ? `Failed condition: ${type}` : message;

/** What the conditions of one report say: refusals degrade, programming takes its time. */
function reportHealth(conditions: readonly Condition[]): HealthStatus | undefined {
  const refused = conditions.find(
    ({ type, status }) => ['Accepted', 'ResolvedRefs'].includes(type) && status === 'False',
  );
  if (refused !== undefined) return degraded(textOf(refused));
  const programmed = conditions.find(({ type, status }) => type === 'Programmed' && status === 'False');
  return programmed === undefined ? undefined : progressing(textOf(programmed));
}

const prefixed = (prefix: string, { status, message = '' }: HealthStatus): HealthStatus => ({
  status,
  message: `${prefix}${message}`,
});

/** Reports about older generations count no more, unless there are none but old ones. */
const route =
  (kind: string): HealthRule =>
  (object) => {
    const parents = arrayAt(object, 'status', 'parents');
    const current = parents.filter((parent) => isCurrent(object, parent, ['conditions']));
    if (current.length === 0) return progressing(`Waiting for ${kind} status`);
    for (const parent of current) {
      const found = reportHealth(conditionsOf(parent, 'conditions'));
      if (found !== undefined)
        return prefixed(`Parent ${stringAt(parent, 'parentRef', 'name') ?? ''}: `, found);
    }
    return healthy(`${kind} is healthy`);
  };

function backendTlsPolicy(object: JsonObject): HealthStatus {
  const ancestors = arrayAt(object, 'status', 'ancestors');
  if (ancestors.every((ancestor) => conditionsOf(ancestor, 'conditions').length === 0)) {
    return progressing('Waiting for BackendTLSPolicy status');
  }
  for (const ancestor of ancestors) {
    const name = stringAt(ancestor, 'ancestorRef', 'name') ?? '';
    if (!isCurrent(object, ancestor, ['conditions'])) {
      return progressing(`Waiting for Ancestor ${name} to update BackendTLSPolicy status`);
    }
    const found = reportHealth(conditionsOf(ancestor, 'conditions'));
    if (found !== undefined) return prefixed(`Ancestor ${name}: `, found);
  }
  return healthy('BackendTLSPolicy is healthy');
}

function gateway(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object);
  if (conditions.length === 0 || !isCurrent(object, object, ['status', 'conditions'])) {
    return progressing('Waiting for Gateway status');
  }
  const own = reportHealth(conditions);
  if (own !== undefined) return own;
  for (const listener of arrayAt(object, 'status', 'listeners')) {
    const found = reportHealth(conditionsOf(listener, 'conditions'));
    if (found !== undefined) return prefixed('Listener: ', found);
  }
  return healthy('Gateway is healthy');
}

function gatewayClass(object: JsonObject): HealthStatus {
  const accepted = conditionsOf(object).find(({ type }) => type === 'Accepted');
  if (accepted === undefined || !isCurrent(object, object, ['status', 'conditions'])) {
    return progressing('Waiting for GatewayClass status');
  }
  if (accepted.status === 'True') return healthy('GatewayClass is healthy');
  return accepted.status === 'False' ? degraded(accepted.message) : progressing(accepted.message);
}

export const gatewayApiRules: RulesByKind = {
  BackendTLSPolicy: backendTlsPolicy,
  GRPCRoute: route('GRPCRoute'),
  HTTPRoute: route('HTTPRoute'),
  Gateway: gateway,
  GatewayClass: gatewayClass,
};
