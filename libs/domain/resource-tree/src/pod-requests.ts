import { arrayAt, asJson, stringAt, valueAt, type JsonValue, type KubeObject } from '@tiphys/model';
import { milliAmount } from '@tiphys/diff';

/** What pods take of their node, in thousandths of a core and of a byte. */
export interface Requests {
  readonly cpu: number;
  readonly memory: number;
}

export const noRequests: Requests = { cpu: 0, memory: 0 };

const plus = (a: Requests, b: Requests): Requests => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
const atLeast = (a: Requests, b: Requests): Requests => ({
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
});

/** The sum of requests. */
export const sumOfRequests = (all: Iterable<Requests>): Requests => {
  let sum = noRequests;
  for (const one of all) sum = plus(sum, one);
  return sum;
};

/**
 * What the scheduler reckons for a pod: all containers with the sidecars, or the largest init container with the
 * sidecars before it, whichever is more, and the overhead.
 */
export function requestsOf(pod: KubeObject): Requests {
  const spec = valueAt(asJson(pod), 'spec');
  let sidecars = noRequests;
  let initial = noRequests;
  for (const container of arrayAt(spec, 'initContainers')) {
    const own = containerRequests(container);
    if (stringAt(container, 'restartPolicy') === 'Always') sidecars = plus(sidecars, own);
    initial = atLeast(
      initial,
      stringAt(container, 'restartPolicy') === 'Always' ? sidecars : plus(sidecars, own),
    );
  }
  const running = plus(sidecars, sumOfRequests(arrayAt(spec, 'containers').map(containerRequests)));
  return plus(atLeast(running, initial), amountsOf(valueAt(spec, 'overhead')));
}

const containerRequests = (container: JsonValue): Requests =>
  amountsOf(valueAt(container, 'resources', 'requests'));

const amountsOf = (list: JsonValue | undefined): Requests => ({
  cpu: amountAt(list, 'cpu'),
  memory: amountAt(list, 'memory'),
});

function amountAt(list: JsonValue | undefined, name: string): number {
  const value = valueAt(list, name);
  return typeof value === 'string' || typeof value === 'number' ? (milliAmount(value) ?? 0) : 0;
}
