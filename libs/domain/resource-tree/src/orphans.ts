import type { OrphanedResourcesSettings, ResourceRef } from '@tiphys/model';
import { globMatches } from '@tiphys/project-policy';

/** What every namespace or cluster holds by itself. An empty name means every object of the kind. */
const natives: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[] = [
  { kind: 'Service', name: 'kubernetes', namespace: 'default' },
  { kind: 'ServiceAccount', name: 'default' },
  { kind: 'ConfigMap', name: 'kube-root-ca.crt' },
];

/** True for an object that counts as orphaned where nobody owns it; `ignore` of the settings are globs, empty means all. */
export function countsAsOrphan(ref: ResourceRef, settings: OrphanedResourcesSettings): boolean {
  const isNative = natives.some(
    ({ kind, name, namespace = ref.namespace }) =>
      ref.group === '' && ref.kind === kind && ref.name === name && ref.namespace === namespace,
  );
  if (isNative) return false;
  const matches = (pattern: string | undefined, value: string): boolean =>
    pattern === undefined || pattern === '' || globMatches(pattern, value);
  return !(settings.ignore ?? []).some(
    (rule) => matches(rule.group, ref.group) && matches(rule.kind, ref.kind) && matches(rule.name, ref.name),
  );
}

/** The text of the warning for so many orphaned objects; undefined where there are none or the project warns of none. */
export const orphanWarning = (
  count: number,
  { warn = true }: OrphanedResourcesSettings,
): string | undefined => (count > 0 && warn ? `Application has ${count} orphaned resources` : undefined);
