import type { DefaultsRule, DefaultsTable } from './rule.ts';

const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};
const matchResources = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const versions = ['v1', 'v1beta1', 'v1alpha1'];

const rules: Readonly<Record<string, DefaultsRule>> = {
  ValidatingWebhook: { fill: webhook },
  MutatingWebhook: { fill: { ...webhook, reinvocationPolicy: 'Never' } },
  RuleWithOperations: { fill: { scope: '*' } },
  NamedRuleWithOperations: { fill: { scope: '*' } },
  ServiceReference: { fill: { port: 443 } },
  ValidatingAdmissionPolicySpec: { fill: { failurePolicy: 'Fail' } },
  MutatingAdmissionPolicySpec: { fill: { failurePolicy: 'Fail' } },
  MatchResources: { fill: matchResources },
};

/** Webhook configurations and admission policies. */
export const admissionDefaults: DefaultsTable = Object.fromEntries(
  versions.flatMap((version) =>
    Object.entries(rules).map(([name, rule]) => [`admissionregistration/${version}.${name}`, rule] as const),
  ),
);
