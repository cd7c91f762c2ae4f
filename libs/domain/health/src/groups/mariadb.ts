import { byConditions } from '../condition-table.ts';
import type { Condition } from '../conditions.ts';
import { progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const database: HealthRule = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', reason: 'Failed', gives: 'Degraded' },
    { type: 'Ready', status: 'False', gives: 'Progressing' },
  ],
  otherwise: progressing('No status info available'),
});

const resource: HealthRule = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for initialization'),
});

const both = ({ reason, message }: Condition): string => `${reason} ${message}`;

/** A job that ran, failed, or still runs; one that is scheduled has no result yet. */
const job: HealthRule = byConditions({
  rows: [
    { type: 'Complete', status: 'True', gives: 'Healthy', message: both },
    {
      type: 'Complete',
      status: 'False',
      reason: ['JobRunning', 'JobNotComplete'],
      gives: 'Progressing',
      message: both,
    },
    { type: 'Complete', status: 'False', gives: 'Degraded', message: both },
  ],
  otherwise: progressing('Waiting for initialization'),
});

export const mariadbRules: RulesByKind = {
  Backup: job,
  Database: resource,
  Grant: resource,
  MariaDB: database,
  SqlJob: job,
  User: resource,
};
export const mmontesRules: RulesByKind = { MariaDB: database };
