import { byConditions } from '../condition-table.ts';
import { progressing, unknown, type HealthRule, type RulesByKind } from '../rule.ts';

/** What the topology operator made on a broker. */
const made = (name: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'Ready', status: 'True', gives: 'Healthy', message: `RabbitMQ ${name} ready` },
      {
        type: 'Ready',
        status: 'False',
        gives: 'Degraded',
        message: `RabbitMQ ${name} failed to be created or updated`,
      },
    ],
    otherwise: unknown(`RabbitMQ ${name} status is unknown`),
  });

const cluster = byConditions({
  rows: [
    { type: 'ReconcileSuccess', status: 'False', gives: 'Degraded' },
    { type: 'ReconcileSuccess', status: 'Unknown', gives: 'Unknown' },
    {
      type: 'AllReplicasReady',
      status: 'False',
      gives: 'Progressing',
      message: 'Waiting for RabbitMQ instances ready',
    },
    {
      type: 'ClusterAvailable',
      status: 'False',
      gives: 'Progressing',
      message: 'Waiting for RabbitMQ cluster formation',
    },
    { type: 'AllReplicasReady', status: 'True', gives: 'Healthy', message: 'RabbitMQ cluster ready' },
  ],
  otherwise: progressing('Waiting for RabbitMQ Operator'),
});

export const rabbitmqRules: RulesByKind = {
  Binding: made('binding'),
  Exchange: made('exchange'),
  Permission: made('permission'),
  Policy: made('policy'),
  Queue: made('queue'),
  RabbitmqCluster: cluster,
  Shovel: made('shovel'),
  User: made('user'),
  Vhost: made('vhost'),
};
