import { combined, kindKey } from '@tiphys/settings';
import { parseDiffSettings } from '@tiphys/settings';
import type { Data } from '../read-object.ts';
import { readYaml } from './source.ts';

const SPLIT_KEY =
  /^resource\.customizations\.(?:health|actions|useOpenLibs|ignoreDifferences|ignoreResourceUpdates|knownTypeFields)\.(.+)$/u;

/** Kinds that the settings say something of, as `group/Kind`; the rule that ignores `/status` counts. */
export function overriddenKinds(cm: Data): ReadonlySet<string> {
  const reader = { readYaml, mistakes: [] };
  const split = Object.keys(cm).flatMap((name) => {
    const end = SPLIT_KEY.exec(name)?.[1];
    return end === undefined || end.split('_').length > 2 ? [] : [kindKey(end)];
  });
  return new Set([...combined(cm, reader).map(([kind]) => kind), ...split, ...statusKinds(cm)]);
}

function statusKinds(cm: Data): readonly string[] {
  switch (parseDiffSettings(cm, { readYaml, mistakes: [] }).ignoreResourceStatusField) {
    case 'all':
      return ['*/*'];
    case 'crd':
      return ['apiextensions.k8s.io/CustomResourceDefinition'];
    case 'none':
      return [];
  }
}
