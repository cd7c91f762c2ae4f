import { asJson, hasCode, configNames, valueAt } from '@tiphys/model';
import { isNamespaceListed } from '@tiphys/project-policy';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import type { FlagSet, FlagValues } from '../../../program/definition.ts';

/** Where Applications and ApplicationSets live besides the namespace of the control plane. */
export const scopeFlags = {
  'application-namespaces': {
    kind: 'list',
    commas: true,
    placeholder: 'namespaces',
    describe: 'Namespaces of applications, also patterns (default: those of argocd-cmd-params-cm)',
  },
  'applicationset-namespaces': {
    kind: 'list',
    commas: true,
    placeholder: 'namespaces',
    describe: 'Namespaces of application sets, also patterns (default: those of argocd-cmd-params-cm)',
  },
} as const satisfies FlagSet;

export interface Scope {
  readonly isForApplications: (namespace: string) => boolean;
  readonly isForApplicationSets: (namespace: string) => boolean;
  /** True where objects have to be looked for in all namespaces. */
  readonly isWide: boolean;
}

const KEYS = {
  'application-namespaces': 'application.namespaces',
  'applicationset-namespaces': 'applicationsetcontroller.namespaces',
} as const;

/** The namespaces that flags name, else those that the control plane itself is told. */
export async function scopeOf(cluster: OwnCluster, flags: FlagValues<typeof scopeFlags>): Promise<Scope> {
  const configured = await readParameters(cluster);
  const { namespace } = cluster;
  const patterns = (flag: keyof typeof KEYS): readonly string[] =>
    [...(flags[flag].length > 0 ? flags[flag] : configured(KEYS[flag]))]
      .map((text) => text.trim())
      .filter((text) => text !== '');
  const apps = patterns('application-namespaces');
  const sets = patterns('applicationset-namespaces');
  return {
    isForApplications: (name) => name === namespace || isNamespaceListed(apps, name),
    isForApplicationSets: (name) => name === namespace || isNamespaceListed(sets, name),
    isWide: apps.length + sets.length > 0,
  };
}

async function readParameters({ api, namespace }: OwnCluster): Promise<(key: string) => readonly string[]> {
  try {
    const map = await api.get(ownKinds.configMap, { namespace, name: configNames.cmdParams });
    return (key) => {
      const value = valueAt(asJson(map), 'data', key);
      return typeof value === 'string' ? value.split(',') : [];
    };
  } catch (error) {
    if (hasCode(error, 'not-found')) return () => [];
    throw error;
  }
}
