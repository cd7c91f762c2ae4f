import type { DefaultsTable } from './rule.ts';

export const flowControlDefaults: DefaultsTable = {
  'flowcontrol/v1.FlowSchemaSpec': { fill: { matchingPrecedence: 1000 } },
  'flowcontrol/v1.ExemptPriorityLevelConfiguration': {
    fill: { nominalConcurrencyShares: 0, lendablePercent: 0 },
  },
  'flowcontrol/v1.LimitedPriorityLevelConfiguration': {
    fill: { nominalConcurrencyShares: 30, lendablePercent: 0 },
  },
  'flowcontrol/v1.QueuingConfiguration': { fill: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
};
