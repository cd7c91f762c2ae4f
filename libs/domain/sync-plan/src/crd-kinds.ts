import { arrayAt, asJson, stringAt, valueAt, type GroupVersionKind, type KubeObject } from '@tiphys/model';

/** A kind that a CRD brings, at one of the versions that it serves. */
export interface CrdKind extends GroupVersionKind {
  readonly namespaced: boolean;
}

export const isCrd = ({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean =>
  kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');

/** The kinds that a CRD brings, one for each version that it serves; none for all other objects. */
export function kindsOfCrd(crd: KubeObject): readonly CrdKind[] {
  if (!isCrd(crd)) return [];
  const json = asJson(crd);
  const group = stringAt(json, 'spec', 'group') ?? '';
  const kind = stringAt(json, 'spec', 'names', 'kind') ?? '';
  const namespaced = stringAt(json, 'spec', 'scope') !== 'Cluster';
  return arrayAt(json, 'spec', 'versions').flatMap((entry) => {
    const version = stringAt(entry, 'name');
    const isServed = valueAt(entry, 'served') === true;
    return version === undefined || !isServed ? [] : [{ group, version, kind, namespaced }];
  });
}
