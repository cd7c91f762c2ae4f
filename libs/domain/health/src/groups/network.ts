import { arrayAt, stringAt, valueAt } from '@tiphys/model';
import { byConditions, type ConditionRow } from '../condition-table.ts';
import { conditionOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { byPhase, samePhase } from '../phase.ts';
import { degraded, healthy, progressing, unknown, type HealthRule, type RulesByKind } from '../rule.ts';

const istio: HealthRule = byPhase({
  path: ['status', 'status'],
  phases: {
    NONE: ['Progressing', 'Component is not present.'],
    UPDATING: ['Progressing', 'Component is being updated to a different version.'],
    RECONCILING: [
      'Progressing',
      'Controller has started but not yet completed reconciliation loop for the component.',
    ],
    HEALTHY: ['Healthy', 'Component is healthy.'],
    ERROR: ['Degraded', 'Component is in an error state.'],
    ACTION_REQUIRED: ['Degraded', 'Component needs an action by a person.'],
  },
  absent: ['Progressing', 'Waiting for the status to be reported.'],
  otherwise: ['Unknown', samePhase],
});

const managedCertificate: HealthRule = (object) => {
  const states = arrayAt(object, 'status', 'domainStatus').map((domain) => stringAt(domain, 'status') ?? '');
  if (states.length === 0) return progressing('Waiting for certificate');
  const failed = states.find((state) => state.startsWith('Failed'));
  if (failed !== undefined) return degraded('At least one certificate has failed to be provisioned');
  return states.every((state) => state === 'Active')
    ? healthy('All certificates are active')
    : progressing('At least one certificate is still being provisioned');
};

const reasonAndMessage: ConditionRow['message'] = ({ reason, message }) => `${reason}: ${message}`;

const nodeNetwork: HealthRule = byConditions({
  rows: [
    { type: 'Ignored', status: 'True', gives: 'Suspended', message: reasonAndMessage },
    { type: 'Degraded', status: 'True', gives: 'Degraded', message: reasonAndMessage },
    { type: 'Progressing', status: 'True', gives: 'Progressing', message: reasonAndMessage },
    { type: 'Available', status: 'True', gives: 'Healthy', message: reasonAndMessage },
  ],
  otherwise: progressing('Waiting for policy to be applied'),
});

const dnsService: HealthRule = byConditions({
  rows: [
    { type: 'Adopted', status: 'False', gives: 'Degraded' },
    {
      type: 'Advertised',
      status: 'False',
      reason: ['AdvertiseError', 'UnadvertiseError'],
      gives: 'Degraded',
    },
    { type: 'Discoverable', status: 'True', gives: 'Healthy' },
    { type: ['Discoverable', 'Advertised'], status: 'False', gives: 'Progressing' },
  ],
  otherwise: unknown('Waiting for the instance to be adopted'),
});

/** Contour's verdict counts only for the generation it looked at; a root may be judged without its inclusions. */
const contour =
  (kind: 'ExtensionService' | 'HTTPProxy'): HealthRule =>
  (object) => {
    const valid = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === 'Valid');
    if (valid === undefined) {
      const isSeen = stringAt(object, 'status', 'currentStatus') === 'NotReconciled';
      return progressing(isSeen ? stringAt(object, 'status', 'description') : 'Waiting for status');
    }
    const generation = valueAt(object, 'metadata', 'generation');
    if (generation !== undefined && countAt(valid, 'observedGeneration') !== generation)
      return progressing('Waiting for status');
    if (stringAt(valid, 'status') === 'True') return healthy(stringAt(valid, 'message'));
    const errors = arrayAt(valid, 'errors');
    const isInclusion =
      errors.length > 0 && errors.every((error) => stringAt(error, 'type') === 'IncludeError');
    return kind === 'HTTPProxy' && isInclusion
      ? healthy('HTTPProxy inclusions cannot be health checked')
      : degraded(stringAt(valid, 'message'));
  };

/** Flagger's phases, with the weight of the canary while traffic moves and what the controller says. */
const canary: HealthRule = (object) => {
  const phase = stringAt(object, 'status', 'phase');
  if (phase === undefined) return unknown('Waiting for Canary status');
  const said = conditionOf(object, 'Promoted')?.message ?? '';
  const weight = countAt(object, 'status', 'canaryWeight');
  const moving = phase === 'Progressing' && weight > 0 ? [`Canary Weight: ${weight} %`] : [];
  const message = [phase, ...moving, said].filter((part) => part !== '').join(' --- ');
  if (['Initialized', 'Succeeded'].includes(phase)) return healthy(message);
  return phase === 'Failed' ? degraded(message) : progressing(message);
};

/** Networks, meshes and proxies. */
export const networkRules: Readonly<Record<string, RulesByKind>> = {
  'install.istio.io': { IstioOperator: istio },
  'networking.gke.io': { ManagedCertificate: managedCertificate },
  'nmstate.io': { NodeNetworkConfigurationPolicy: nodeNetwork },
  'proclaim.dogmatiq.io': { DNSSDServiceInstance: dnsService },
  'projectcontour.io': { ExtensionService: contour('ExtensionService'), HTTPProxy: contour('HTTPProxy') },
  'flagger.app': { Canary: canary },
};
