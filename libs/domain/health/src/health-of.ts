import { asJson, finalizers, groupOf, type HealthStatus, type KubeObject } from '@tiphys/model';
import { groupRules } from './groups/index.ts';
import { kubernetesRules, ruleForVersion, unsupportedVersion } from './kubernetes/index.ts';
import type { HealthRule } from './rule.ts';

/**
 * How a live object is, by what its kind's status means. Undefined for kinds without health, such as ConfigMaps:
 * they count as healthy where somebody waits for them. An object that is being deleted is progressing, unless
 * only our own hook finalizer holds it.
 */
export function healthOf(object: KubeObject): HealthStatus | undefined {
  return endingHealthOf(object) ?? statusHealthOf(object);
}

/** The health of an object that is being deleted, before any other rule or script; undefined for all others. */
export const endingHealthOf = (object: KubeObject): HealthStatus | undefined =>
  isEnding(object) ? { status: 'Progressing', message: 'Pending deletion' } : undefined;

/** The health that the status alone tells, whether or not the object is being deleted. */
export function statusHealthOf(object: KubeObject): HealthStatus | undefined {
  const kinds = kubernetesRules[`${groupOf(object.apiVersion)}/${object.kind}`];
  if (kinds !== undefined)
    return (ruleForVersion(kinds, object) ?? (() => unsupportedVersion(object)))(asJson(object));
  return ruleFor(object)?.(asJson(object));
}

/** True where the kind of an object has a rule. */
export const hasHealthRule = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean =>
  kubernetesRules[`${groupOf(object.apiVersion)}/${object.kind}`] !== undefined ||
  ruleFor(object) !== undefined;

const isEnding = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  object.metadata.finalizers?.includes(finalizers.hook) !== true;

/** The rule of a kind: of its own group, else of a family of groups with one ending. */
function ruleFor(object: Pick<KubeObject, 'apiVersion' | 'kind'>): HealthRule | undefined {
  const group = groupOf(object.apiVersion);
  const own = groupRules.exact[group];
  const rule = own?.[object.kind] ?? own?.['*'];
  if (rule !== undefined) return rule;
  return groupRules.families.find(({ suffix }) => group.endsWith(suffix))?.rule;
}
