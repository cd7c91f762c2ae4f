import type { KubeObject } from './kube-object.ts';

export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

export interface GroupVersionKind extends GroupKind {
  readonly version: string;
}

/** Names one object within a cluster. `namespace` is empty for cluster-scoped kinds. */
export interface ResourceRef extends GroupKind {
  readonly namespace: string;
  readonly name: string;
}

declare const keyBrand: unique symbol;
/** `group/kind/namespace/name`: names one object within a cluster, usable as a map key. */
export type ResourceKey = string & { readonly [keyBrand]: 'ResourceKey' };

/** The group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The version of an apiVersion. */
export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);

/** The apiVersion of a group and a version. */
export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

export const gvkOf = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): GroupVersionKind => ({
  group: groupOf(object.apiVersion),
  version: versionOf(object.apiVersion),
  kind: object.kind,
});

export const refOf = (object: KubeObject): ResourceRef => ({
  group: groupOf(object.apiVersion),
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name ?? '',
});

/** The key of a reference; two references have equal keys exactly when they name the same object. */
export const keyOf = (ref: ResourceRef): ResourceKey =>
  `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}` as ResourceKey;

export const keyOfObject = (object: KubeObject): ResourceKey => keyOf(refOf(object));

/** `group/kind` as a map key; for the core group it starts with a slash. */
export const groupKindKey = (gk: GroupKind): string => `${gk.group}/${gk.kind}`;

/** A reference as people read it: `apps/Deployment web/frontend`, `ConfigMap settings`. */
export function describeRef(ref: ResourceRef): string {
  const kind = ref.group === '' ? ref.kind : `${ref.group}/${ref.kind}`;
  return ref.namespace === '' ? `${kind} ${ref.name}` : `${kind} ${ref.namespace}/${ref.name}`;
}
