import type { ResourceIgnoreDifferences } from '@tiphys/model';
import type { DiffSettings } from '@tiphys/settings';

/** The rule by which `/status` does not count, unless the compare options say otherwise. */
export function statusRules({
  ignoreResourceStatusField,
}: DiffSettings): readonly ResourceIgnoreDifferences[] {
  const jsonPointers = ['/status'];
  switch (ignoreResourceStatusField) {
    case 'all':
      return [{ group: '*', kind: '*', jsonPointers }];
    case 'crd':
      return [{ group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', jsonPointers }];
    case 'none':
      return [];
  }
}
