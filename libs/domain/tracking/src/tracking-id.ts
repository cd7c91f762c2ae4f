import { groupOf, labels, type KubeObject, type ResourceRef } from '@tiphys/model';

/** How objects are marked as belonging to an Application (`application.resourceTrackingMethod`). */
export const TRACKING_METHODS = ['annotation', 'label', 'annotation+label'] as const;
export type TrackingMethod = (typeof TRACKING_METHODS)[number];

/** Settings of resource tracking, from `argocd-cm`. */
export interface TrackingSettings {
  readonly method: TrackingMethod;
  /** Default `app.kubernetes.io/instance`. */
  readonly labelKey: string;
  /** Empty where none is configured. */
  readonly installationId: string;
}

export const defaultTracking: TrackingSettings = {
  method: 'annotation',
  labelKey: labels.instance,
  installationId: '',
};

/** What a tracking id says: the Application's instance name and the object that was marked. */
export interface TrackingId extends ResourceRef {
  readonly app: string;
}

/** `<app>:<group>/<kind>:<namespace>/<name>` (wire/labels.tsv). */
export const formatTrackingId = (app: string, ref: ResourceRef): string =>
  `${app}:${ref.group}/${ref.kind}:${ref.namespace}/${ref.name}`;

/** Parses a tracking id; undefined where it does not have the form. */
export function parseTrackingId(text: string): TrackingId | undefined {
  const [app, groupKind, namespacedName, ...rest] = text.split(':');
  if (app === undefined || groupKind === undefined || namespacedName === undefined) return undefined;
  // Names of RBAC objects may hold colons.
  const tail = [namespacedName, ...rest].join(':');
  const kindAt = groupKind.indexOf('/');
  const nameAt = tail.indexOf('/');
  if (kindAt < 0 || nameAt < 0) return undefined;
  return {
    app,
    group: groupKind.slice(0, kindAt),
    kind: groupKind.slice(kindAt + 1),
    namespace: tail.slice(0, nameAt),
    name: tail.slice(nameAt + 1),
  };
}

/**
 * The name under which an Application marks its objects: its name, or `<namespace>_<name>` outside the control
 * plane's namespace.
 */
export const instanceNameOf = (
  app: { readonly name: string; readonly namespace: string },
  controlNamespace: string,
): string =>
  app.namespace === controlNamespace || app.namespace === '' ? app.name : `${app.namespace}_${app.name}`;

/** The Application behind an instance name, as `instanceNameOf` makes it. */
export function applicationOfInstance(
  instance: string,
  controlNamespace: string,
): { readonly name: string; readonly namespace: string } {
  const at = instance.indexOf('_');
  return at < 0
    ? { namespace: controlNamespace, name: instance }
    : { namespace: instance.slice(0, at), name: instance.slice(at + 1) };
}

/** True where the id names the very object it stands on; a copy of a marked object names another one. */
export const pointsAt = (id: TrackingId, object: KubeObject): boolean =>
  id.group === groupOf(object.apiVersion) &&
  id.kind === object.kind &&
  id.name === object.metadata.name &&
  // Cluster-scoped objects carry the destination namespace in the id.
  (object.metadata.namespace === undefined || id.namespace === object.metadata.namespace);
