import type { JsonObject, JsonValue } from './json.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly JsonObject[];
}

/** Any Kubernetes object as plain JSON; `metadata` is typed, all else is reached by `valueAt` and its kin. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [key: string]: unknown;
}

/** A Kubernetes object seen as a JSON value, for the path readers. */
export const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject;

/** A JSON value seen as a Kubernetes object; undefined where kind, apiVersion or metadata are not what they must be. */
export function asKubeObject(value: JsonValue | undefined): KubeObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const candidate = value as Partial<KubeObject>;
  if (typeof candidate.apiVersion !== 'string' || candidate.apiVersion === '') return undefined;
  if (typeof candidate.kind !== 'string' || candidate.kind === '') return undefined;
  const metadata: unknown = candidate.metadata;
  if (
    metadata !== undefined &&
    (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
  ) {
    return undefined;
  }
  return candidate.metadata === undefined
    ? { ...candidate, apiVersion: candidate.apiVersion, kind: candidate.kind, metadata: {} }
    : (candidate as KubeObject);
}

/** The value of an annotation, or undefined. */
export const annotationOf = (object: KubeObject, key: string): string | undefined =>
  object.metadata.annotations?.[key];

/** The value of a label, or undefined. */
export const labelOf = (object: KubeObject, key: string): string | undefined => object.metadata.labels?.[key];
