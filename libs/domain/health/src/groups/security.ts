import { stringAt, valueAt } from '@tiphys/model';
import { byConditions, rowsOf, type ConditionRow } from '../condition-table.ts';
import { conditionOf } from '../conditions.ts';
import { countAt } from '../numbers.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const sealedSecret: HealthRule = byConditions({
  rows: rowsOf('Synced'),
  otherwise: progressing('Waiting for Sealed Secret to be decrypted'),
});

const iamRole: HealthRule = (object) => {
  const at = (key: string): string => stringAt(object, 'status', key) ?? '';
  const who = `'${at('roleName')}'`;
  const where = `with ARN '${at('roleARN')}' and ID '${at('roleID')}'`;
  switch (at('state')) {
    case 'Ready':
      return healthy(`Role ${who} exists ${where}.`);
    case 'Error':
    case 'PolicyNotAllowed':
    case 'RolesMaxLimitReached':
      return degraded(
        `Failed to reconcile the Iamrole (retry ${countAt(object, 'status', 'retryCount')}) for role ${who} ${where}. Reconciliation error was: ${at('errorDescription')}`,
      );
    default:
      return progressing('Waiting for Iamrole to be reconciled');
  }
};

const keycloak: HealthRule = (object) => {
  const errors = conditionOf(object, 'HasErrors');
  if (errors?.status === 'True') return degraded(errors.message);
  const isReady = conditionOf(object, 'Ready')?.status === 'True';
  return isReady ? healthy() : progressing();
};

const kyvernoPolicy: HealthRule = (object) =>
  valueAt(object, 'status', 'ready') === true || conditionOf(object, 'Ready')?.status === 'True'
    ? healthy('Policy is ready')
    : progressing('Policy is not ready');

/** Ready or not, in the words of the condition. */
const ready = (waiting: string, message?: ConditionRow['message']): HealthRule =>
  byConditions({ rows: rowsOf('Ready', message), otherwise: progressing(waiting) });

/** Secrets, identities and policies. */
export const securityRules: Readonly<Record<string, RulesByKind>> = {
  'bitnami.com': { SealedSecret: sealedSecret },
  'iammanager.keikoproj.io': { Iamrole: iamRole },
  'k8s.keycloak.org': { Keycloak: keycloak },
  'kyverno.io': { Policy: kyvernoPolicy },
  'onepassword.com': { OnePasswordItem: ready('Waiting for controller to report status') },
};
