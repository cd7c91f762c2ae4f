import type { Destination, Destinations } from './destination.ts';
import { changeSentKeys, sentKeyOf, type SentKeys } from './sent-keys.ts';

/** How one condition of a trigger turned out for an Application. */
export interface ConditionResult {
  /** `[index].hash` */
  readonly key: string;
  /** `unknown`: it could not be found out; nothing is sent and nothing is forgotten. */
  readonly outcome: 'holds' | 'does-not-hold' | 'unknown';
  /** Value of `oncePer` as Go prints it; empty when there is none. */
  readonly oncePer: string;
  readonly templates: readonly string[];
}

/** One message that is due. */
export interface Delivery {
  readonly trigger: string;
  readonly templates: readonly string[];
  readonly destination: Destination;
  /** What remembers it once it was delivered. */
  readonly sentKey: string;
}

export interface DecisionInput {
  readonly destinations: Destinations;
  /** Results of each trigger in the order of its conditions; a trigger that is missing is left alone. */
  readonly results: ReadonlyMap<string, readonly ConditionResult[]>;
  readonly sentKeys: SentKeys;
  /** Seconds since the epoch. */
  readonly now: number;
}

export interface Decision {
  readonly deliveries: readonly Delivery[];
  /** Sent-keys of conditions that no longer hold: they are told again when they hold again. */
  readonly forget: readonly string[];
  /** The sent-keys once all deliveries were made. */
  readonly sentKeys: SentKeys;
}

/**
 * What is due now. A condition that holds is told once to each destination: for ever to the same `oncePer` value,
 * otherwise until it did not hold in between.
 */
export function decide({ destinations, results, sentKeys, now }: DecisionInput): Decision {
  const deliveries = new Map<string, Delivery>();
  const forget = new Set<string>();
  for (const [trigger, targets] of destinations) {
    for (const { key, outcome, oncePer, templates } of results.get(trigger) ?? []) {
      for (const destination of targets) {
        const sentKey = sentKeyOf({ trigger, condition: key, oncePer, destination });
        const isTold = Object.hasOwn(sentKeys, sentKey);
        if (outcome === 'holds' && !isTold)
          deliveries.set(sentKey, { trigger, templates, destination, sentKey });
        if (outcome === 'does-not-hold' && isTold && oncePer === '') forget.add(sentKey);
      }
    }
  }
  return {
    deliveries: [...deliveries.values()],
    forget: [...forget],
    sentKeys: changeSentKeys(sentKeys, { add: [...deliveries.keys()], remove: [...forget], now }),
  };
}
