import type { HealthRule, RulesByKind } from '../rule.ts';
import { apiextensionsRules } from './apiextensions.ts';
import { argoprojRules } from './argoproj/index.ts';
import { batchRules } from './batch.ts';
import { policyRules } from './policy.ts';

/** A rule for every kind of all groups whose name ends alike. */
export interface FamilyRule {
  readonly suffix: string;
  readonly rule: HealthRule;
}

/** Rules by API group and kind (`*`: every other kind of that group), and rules of families of groups. */
export const groupRules: {
  readonly exact: Readonly<Record<string, RulesByKind>>;
  readonly families: readonly FamilyRule[];
} = {
  exact: {
    'apiextensions.k8s.io': apiextensionsRules,
    'argoproj.io': argoprojRules,
    batch: batchRules,
    policy: policyRules,
  },
  families: [],
};
