import {
  asJson,
  arrayAt,
  keyOfObject,
  refOf,
  stringAt,
  versionOf,
  type HealthStatus,
  type KubeObject,
  type OwnerReference,
  type ResourceKey,
  type ResourceRef,
} from '@tiphys/model';
import { healthOf } from '@tiphys/health';
import { ownerOf, type TrackingSettings } from '@tiphys/tracking';
import { infoOf, type InfoItem } from './resource-info.ts';

/** What is kept of one object of a cluster: everything of what Applications manage, a summary of all else. */
export interface LiveObject {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  readonly owners: readonly OwnerReference[];
  /** Instance name of the Application that tracks it. */
  readonly instance: string | undefined;
  readonly health: HealthStatus | undefined;
  readonly images: readonly string[];
  readonly info: readonly InfoItem[];
  readonly isTerminating: boolean;
  /** The whole object; only where an Application tracks it. */
  readonly object: KubeObject | undefined;
}

/** Reads what is kept from a live object. */
export function toLiveObject(object: KubeObject, tracking: TrackingSettings): LiveObject {
  const instance = ownerOf(object, tracking);
  return {
    key: keyOfObject(object),
    ref: refOf(object),
    version: versionOf(object.apiVersion),
    uid: object.metadata.uid ?? '',
    resourceVersion: object.metadata.resourceVersion ?? '',
    createdAt: object.metadata.creationTimestamp ?? '',
    owners: object.metadata.ownerReferences ?? [],
    instance,
    health: healthOf(object),
    images: imagesOf(object),
    info: infoOf(object),
    isTerminating: object.metadata.deletionTimestamp !== undefined,
    object: instance === undefined ? undefined : object,
  };
}

const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const defaultPodSpecPath = ['spec', 'template', 'spec'];

/** Container images of an object that holds a pod template, sorted and without repeats. */
export function imagesOf(object: KubeObject): readonly string[] {
  const path = podSpecPaths[object.kind] ?? defaultPodSpecPath;
  const json = asJson(object);
  const containers = ['initContainers', 'containers'].flatMap((list) => arrayAt(json, ...path, list));
  const images = containers
    .map((container) => stringAt(container, 'image'))
    .filter((image) => image !== undefined);
  return [...new Set(images)].sort();
}
