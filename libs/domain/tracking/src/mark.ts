import { annotations, refOf, type KubeObject } from '@tiphys/model';
import { formatTrackingId, parseTrackingId, pointsAt, type TrackingSettings } from './tracking-id.ts';

const LABEL_MAX = 63;

export interface MarkOptions {
  readonly app: string;
  /** Stands in the id of cluster-scoped objects. */
  readonly destinationNamespace: string;
  readonly settings: TrackingSettings;
}

const isCrd = (object: KubeObject): boolean =>
  object.kind === 'CustomResourceDefinition' && object.apiVersion.startsWith('apiextensions.k8s.io/');

/** A copy of a desired object with the marks of its Application. CRDs are never marked by annotation. */
export function markObject(
  object: KubeObject,
  { app, destinationNamespace, settings }: MarkOptions,
): KubeObject {
  switch (settings.method) {
    case 'annotation':
      return isCrd(object) ? object : withAnnotation(object, { app, destinationNamespace, settings });
    case 'label':
      return withLabel(object, settings.labelKey, app);
    case 'annotation+label':
      return withLabel(
        isCrd(object) ? object : withAnnotation(object, { app, destinationNamespace, settings }),
        settings.labelKey,
        app.slice(0, LABEL_MAX),
      );
  }
}

function withAnnotation(
  object: KubeObject,
  { app, destinationNamespace, settings }: MarkOptions,
): KubeObject {
  const ref = refOf(object);
  const id = formatTrackingId(app, ref.namespace === '' ? { ...ref, namespace: destinationNamespace } : ref);
  const marks = {
    ...object.metadata.annotations,
    [annotations.trackingId]: id,
    ...(settings.installationId === '' ? {} : { [annotations.installationId]: settings.installationId }),
  };
  return { ...object, metadata: { ...object.metadata, annotations: marks } };
}

const withLabel = (object: KubeObject, key: string, app: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, [key]: app } },
});

/**
 * The instance name of the Application that a live object belongs to, or undefined. A copied annotation (one that
 * names another object) does not count, nor does a mark of another installation.
 */
export function ownerOf(object: KubeObject, settings: TrackingSettings): string | undefined {
  if (settings.method === 'label') return object.metadata.labels?.[settings.labelKey];
  const text = object.metadata.annotations?.[annotations.trackingId];
  if (text === undefined) return undefined;
  if (
    settings.installationId !== '' &&
    object.metadata.annotations?.[annotations.installationId] !== settings.installationId
  ) {
    return undefined;
  }
  const id = parseTrackingId(text);
  return id !== undefined && pointsAt(id, object) ? id.app : undefined;
}
