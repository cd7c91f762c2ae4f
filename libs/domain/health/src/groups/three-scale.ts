import { byConditions, type ConditionRow } from '../condition-table.ts';
import { progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';
import { valueAt } from '@tiphys/model';

const broken: readonly ConditionRow[] = [
  { type: ['Failed', 'Invalid', 'Orphan'], status: 'True', gives: 'Degraded' },
  { type: 'Ready', status: 'False', gives: 'Degraded' },
];

const waiting = (kind: string): { otherwise: ReturnType<typeof progressing> } => ({
  otherwise: progressing(`Waiting for 3scale ${kind} status...`),
});

/** Ready, or one of the conditions that say what is wrong. */
const ready = (kind: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'Waiting', status: 'True', gives: 'Suspended' },
      ...broken,
      { type: 'Ready', status: 'True', gives: 'Healthy', message: `3scale ${kind} is ready` },
    ],
    ...waiting(kind),
  });

const synced = (kind: string): HealthRule =>
  byConditions({
    rows: [
      { type: 'Synced', status: 'True', gives: 'Healthy', message: `3scale ${kind} is synced` },
      {
        type: ['Failed', 'Invalid', 'Orphan'],
        status: 'True',
        gives: 'Degraded',
        message: ({ message }) => (message === '' ? `3scale ${kind} synchronization failed` : message),
      },
    ],
    ...waiting(kind),
  });

const application: HealthRule = (object) =>
  valueAt(object, 'spec', 'suspend') === true
    ? suspended('3scale Application is suspended')
    : ready('Application')(object);

export const capabilitiesRules: RulesByKind = {
  ActiveDoc: ready('ActiveDoc'),
  Application: application,
  ApplicationAuth: ready('ApplicationAuth'),
  Backend: synced('Backend'),
  CustomPolicyDefinition: ready('CustomPolicyDefinition'),
  DeveloperAccount: ready('DeveloperAccount'),
  DeveloperUser: ready('DeveloperUser'),
  OpenAPI: ready('OpenAPI'),
  Product: synced('Product'),
  ProxyConfigPromote: ready('ProxyConfigPromote'),
  Tenant: ready('Tenant'),
};

export const threeScaleRules: RulesByKind = {
  APIManager: byConditions({
    rows: [
      { type: 'Available', status: 'True', gives: 'Healthy', message: '3scale APIManager is available' },
      { type: ['Failed', 'Degraded'], status: 'True', gives: 'Degraded' },
    ],
    ...waiting('APIManager'),
  }),
};
